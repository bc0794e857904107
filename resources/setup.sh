#!/usr/bin/env bash
# Puts in place whatever `make run`, `make test` or `make installer` still lacks: Debian packages, the .venv, CatDog
# inside it.
#
#     resources/setup.sh run|test|installer|test-installer
#
# It may be called again at any time. What is in place is left alone: .venv/.stamp-run and so on are copies of the
# pyproject.toml that was last installed. A .venv that is half made, moved or broken is made anew.
set -euo pipefail
cd -P "$(dirname "$0")/.."

# Debian packages that CatDog's window needs beside Python, one a line: Qt's wheel brings the rest.
debian_packages=(
    libdbus-1-3
    libegl1
    libfontconfig1
    libgl1
    libglib2.0-0
    libxcb-cursor0
    libxcb-icccm4
    libxcb-keysyms1
    libxcb-shape0
    libxkbcommon-x11-0
    libxkbcommon0
)
# What the tests need besides: a display of their own, a window manager, a mouse, and screenshots.
debian_test_packages=(
    imagemagick
    openbox
    xauth
    xdotool
    xvfb
)
# Browsers, in which the report and the exported page are tried. Without them those tests are skipped.
debian_browser_packages=(
    chromium
    firefox-esr
)
# What `make installer` needs: to slim libraries, to find out what they depend on, to pack; and what Qt's Wayland and
# PyInstaller's look through all libraries want to see.
debian_installer_packages=(
    binutils
    dpkg-dev
    libwayland-cursor0
    libwayland-egl1
    xz-utils
    zstd
)
# What its tests need besides: a bare Debian to install in, and judges of the menu entry and the workflow.
debian_test_installer_packages=(
    appstream
    debootstrap
    desktop-file-utils
    man-db
)

say() { printf '== %s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# Install those of the named Debian packages that are missing, or name the one line that does.
install_debian_packages() {
    command -v apt-get >/dev/null || return 0  # Not Debian: whatever is missing speaks up by itself.
    local installed package missing=() as_root=()
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for package; do
        grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    if (($(id -u) != 0)); then
        sudo -n true 2>/dev/null || fail "Some system packages are missing. Please run this line, then try again:
    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
        as_root=(sudo -n)
    fi
    say "Installing Debian packages: ${missing[*]}"
    "${as_root[@]}" apt-get update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}

# Print those of the browsers' packages in whose place there is no other browser of the kind. Only Debian has them all.
missing_browsers() {
    local package other
    grep -qsx 'ID=debian' /etc/os-release || return 0
    for package in "${debian_browser_packages[@]}"; do
        for other in "$package" "${package%-esr}" "$package-browser" "google-${package/chromium/chrome}"; do
            command -v "$other" >/dev/null && continue 2
        done
        echo "$package"
    done
}

find_python() {
    local candidate
    for candidate in python3.11 python3 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "CatDog needs Python 3.11 or newer, and none was found. On Debian 12: sudo apt-get install -y python3"
}

# pip writes INSTALLER when all else of a package is in place, so a dist-info without it was cut off in mid-install.
# The path inside bin/pip tells an environment that was made here from one that was moved or copied here.
venv_is_whole() {
    [[ -x .venv/bin/python ]] && grep -qsF "$PWD/.venv/bin/python" .venv/bin/pip || return 1
    local info pip_info=no
    for info in .venv/lib/python3*/site-packages/*.dist-info; do
        [[ -e $info/INSTALLER ]] || return 1
        [[ $info == */pip-* ]] && pip_info=yes
    done
    [[ $pip_info == yes ]]
}

make_venv() {
    local python
    python=$(find_python)
    say "Making .venv with $("$python" --version)"
    rm -rf .venv
    if "$python" -m venv .venv >/dev/null 2>&1; then
        return
    elif "$python" -m venv --clear --without-pip .venv && "$python" -m pip --version >/dev/null 2>&1; then
        # Debian keeps ensurepip in a package of its own, but any pip can put itself into an environment.
        "$python" -m pip --python .venv/bin/python install pip
    else
        install_debian_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
        "$python" -m venv --clear .venv
    fi
}

case ${1:-} in
    run) requirement='.[gui]' ;;
    test)
        requirement='.[test]'
        debian_packages+=("${debian_test_packages[@]}" $(missing_browsers))
        ;;
    installer)
        requirement='.[installer]'
        debian_packages+=("${debian_installer_packages[@]}")
        ;;
    test-installer)
        requirement='.[test,installer]'
        debian_packages+=("${debian_test_packages[@]}" $(missing_browsers))
        debian_packages+=("${debian_installer_packages[@]}" "${debian_test_installer_packages[@]}")
        ;;
    *) fail "usage: resources/setup.sh run|test|installer|test-installer" ;;
esac
stamp=.venv/.stamp-$1

# One set-up at a time in one folder; a second one waits here and then finds everything in place.
exec 9<pyproject.toml
if command -v flock >/dev/null; then flock 9; fi

install_debian_packages "${debian_packages[@]}"
venv_is_whole || make_venv
if ! cmp -s pyproject.toml "$stamp"; then
    say "Installing CatDog and what it needs (the first time takes a few minutes)"
    cp pyproject.toml .venv/.stamp-new
    .venv/bin/python -m pip install --editable "$requirement"
    mv .venv/.stamp-new "$stamp"
fi
