"""ICU's data without what nobody needs: all that Qt asks ICU for is answered as before."""

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

from tests.project.test_packaging import PACKAGING, script

# What Qt may call: capitals, time zones, encodings and sorting.
CALLED = ("u_str", "ucal_", "ucnv_", "UCNV_", "ucol_")
ASK_QT = """
import json
from PySide6.QtCore import QCollator, QLocale, QStringDecoder, QTimeZone
said = {}
for name in "C en_US de_DE sv_SE cs_CZ es_ES da_DK hu_HU tr_TR lt_LT zh_CN zh_TW ja_JP ko_KR th_TH ar_EG hi_IN".split():
    locale, collator = QLocale(name), QCollator(QLocale(name))
    words = "zebra Öl ol ångström chata cihla llama İz \u0131z 猫 犬 고양이 แมว قط file10 file9".split()
    said[name] = [sorted(words, key=lambda word: collator.sortKey(word))]
    collator.setNumericMode(True)
    said[name].append(sorted(words, key=lambda word: collator.sortKey(word)))
    said[name].append([locale.toUpper("istanbul ß"), locale.toLower("ISTANBUL İ")])
    for zone in ("Europe/Berlin", "Asia/Tokyo", "America/New_York"):
        for kind in (QTimeZone.LongName, QTimeZone.ShortName, QTimeZone.OffsetName):
            said[name].append(QTimeZone(zone.encode()).displayName(QTimeZone.DaylightTime, kind, locale))
for encoding in ("UTF-8", "UTF-16", "ISO-8859-1"):
    said[encoding] = QStringDecoder(encoding).isValid()
print(json.dumps({"said": said, "maps": [line for line in open("/proc/self/maps") if "libicudata" in line][0]}))
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("ld") is None, reason="it is done on Linux, with binutils"
)


@pytest.fixture(autouse=True)
def _beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the scripts import each other, as they do when one of them is run."""
    monkeypatch.syspath_prepend(str(PACKAGING))


@pytest.fixture
def icu() -> ModuleType:
    return script("icu_data")


def qt() -> Path:
    """Return the folder that Qt's Python modules are in."""
    spec = find_spec("PySide6")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def library() -> Path:
    (found,) = qt().glob("Qt/lib/libicudata.so.*")
    return found


def ask(*preloaded: Path) -> dict[str, object]:
    environment = {**os.environ, "LD_PRELOAD": " ".join(map(str, preloaded))}
    done = subprocess.run([sys.executable, "-c", ASK_QT], env=environment, capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_qt_says_the_same_with_a_third_of_the_data(icu: ModuleType, tmp_path: Path) -> None:
    smaller = tmp_path / library().name
    shutil.copy(library(), smaller)
    icu.slim(smaller)
    assert smaller.stat().st_size < 0.4 * library().stat().st_size
    before, after = ask(), ask(smaller)
    assert str(smaller) in str(after["maps"])
    assert str(smaller) not in str(before["maps"])
    assert after["said"] == before["said"]


def test_qt_asks_icu_for_nothing_else() -> None:
    libraries = [*qt().glob("*.so"), *qt().glob("Qt/lib/libQt6*.so.*"), *qt().glob("Qt/plugins/**/*.so")]
    version = library().suffix.replace(".", "_")
    asked: set[str] = set()
    for one in libraries:
        done = subprocess.run(["nm", "-D", "--undefined-only", one], capture_output=True, text=True, check=True)
        asked |= {line.split()[-1] for line in done.stdout.splitlines() if line.endswith(version)}
    assert any(name.startswith("ucol_") for name in asked)
    assert not {name for name in asked if not name.startswith(CALLED)}


def test_what_is_kept_is_found_where_the_table_says(icu: ModuleType) -> None:
    header = b"\x20\x00\xda\x27" + bytes(8) + b"CmnD" + bytes(16)
    items = [
        ("icudt73l/coll/de.res", b"sorting".ljust(16, b"\0")),
        ("icudt73l/curr/de.res", b"money".ljust(16, b"\0")),
        ("icudt73l/gb18030.cnv", b"encoding".ljust(16, b"\0")),
        ("icudt73l/root.res", b"root".ljust(32, b"\0")),
    ]
    whole = header + icu._table(items)  # noqa: SLF001 - nothing else makes such a file
    smaller = icu.slimmed(whole)
    assert smaller[:32] == header
    assert icu._items(smaller[32:]) == [items[0], items[3]]  # noqa: SLF001
    assert smaller == icu.slimmed(smaller)


def test_data_of_another_form_are_refused(icu: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="another form"):
        icu.slimmed(b"\x20\x00" + bytes(40))
    other = tmp_path / "libicudata.so.99"
    other.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="no data of ICU"):
        icu.slim(other)
    assert other.read_bytes() == b"nothing"
