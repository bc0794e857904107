"""A Debian made with debootstrap, in a folder: no Python, no X libraries, nothing but what a package brings along."""

import os
import shutil
import subprocess
from pathlib import Path

_NOT_PACKAGES_OWN = {"proc", "sys", "dev", "home", "var", "tmp", "root"}


class Bare:
    """Each command runs in a mount namespace of its own, so that no mount outlives it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before: set[str] = set()

    @staticmethod
    def missing() -> str | None:
        """Return why there can be no bare Debian here, None where there can."""
        if os.geteuid() != 0:
            return "a bare Debian can only be made by root"
        for tool in ("debootstrap", "unshare", "chroot"):
            if shutil.which(tool) is None:
                return f"{tool} is not installed"
        trial = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True, text=True)
        return f"unshare: {trial.stderr.strip()}" if trial.returncode else None

    def make(self) -> None:
        """Make it of this machine's own release, from where this machine gets its packages."""
        release = _os_release()["VERSION_CODENAME"]
        targets = ["apt-get", "indextargets", "--format", "$(REPO_URI)", f"Codename: {release}"]
        mirror = subprocess.run(targets, capture_output=True, text=True, check=True).stdout.split()[0]
        command = ["debootstrap", "--variant=minbase", release, str(self.root), mirror]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr
        settings = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True).stdout
        (self.root / "etc/apt/apt.conf.d/99machine").write_text(settings)
        for file in ("etc/resolv.conf", "etc/hosts"):
            if Path("/", file).is_file():
                shutil.copy(Path("/", file), self.root / file)
        for user in ("alice", "bob"):
            self.run("useradd", "--create-home", user, check=True)
        assert self.run("sh", "-c", "command -v python3").returncode != 0
        self.before = self.files()

    def install(self, package: Path) -> None:
        """Install the package with its dependencies, as a user would."""
        shutil.copy(package, self.root / "tmp" / package.name)
        done = self.run("sh", "-c", f"apt-get update && apt-get install -y /tmp/{package.name}", network=True)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr
        (self.root / "tmp" / package.name).unlink()

    def command(self, *words: str, user: str = "root", display: str = "", network: bool = False) -> list[str]:
        """Return the command that runs another one inside, by default without any network."""
        mounts = f'mkdir -p "{self.root}/dev/shm" && mount -t tmpfs tmpfs "{self.root}/dev/shm"'
        mounts += f' && mount -t proc proc "{self.root}/proc"'
        if display:
            mounts += f' && mkdir -p "{self.root}/tmp/.X11-unix"'
            mounts += f' && mount --bind /tmp/.X11-unix "{self.root}/tmp/.X11-unix"'
        home = "/root" if user == "root" else f"/home/{user}"
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        own = [f"HOME={home}", f"PATH={path}", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive"]
        own += [f"DISPLAY={display}"] if display else []
        inside = ["chroot", f"--userspec={user}:{user}", str(self.root), "env", "-i", *own, *words]
        spaces = ["--mount", "--propagation", "private", *([] if network else ["--net"])]
        return [
            "unshare",
            *spaces,
            "sh",
            "-c",
            f'mkdir -p "{self.root}/dev/shm" && {mounts} && exec "$@"',
            "sh",
            *inside,
        ]

    def run(
        self, *words: str, user: str = "root", display: str = "", network: bool = False, check: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside and return what it said."""
        command = self.command(*words, user=user, display=display, network=network)
        return subprocess.run(command, capture_output=True, text=True, check=check, timeout=900)

    def files(self) -> set[str]:
        """Return the paths of all files inside, but for what packages themselves keep in /var and users in /home."""
        found = set()
        for folder, folders, names in os.walk(self.root):
            place = Path(folder).relative_to(self.root)
            if place == Path():
                folders[:] = [
                    name for name in folders if name not in {"proc", "sys", "dev", "home", "var", "tmp", "root"}
                ]
            found |= {str(place / name) for name in names}
        return found

    def remove(self) -> None:
        """Delete it. Nothing is mounted in it outside the commands' own namespaces."""
        shutil.rmtree(self.root, ignore_errors=True)


def _os_release() -> dict[str, str]:
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}
