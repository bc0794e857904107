"""What the page is made of, without a browser."""

import base64
import hashlib
import json
import lzma
import re
from pathlib import Path

from tests.cli.command import run
from tests.report.page import Page
from tests.report.test_translated import in_other_letters
from trainer.export.web_page import PageModel
from trainer.export.web_page import page as page_of
from trainer.files.resources import resource

MODEL = PageModel(network=b"a model", title="7042", classes=("cat", "dog"), image_size=64, test=None)
RUNTIME = resource("web", "runtime")


def test_one_file_holds_everything_and_is_small_enough(page: Path) -> None:
    assert page.stat().st_size < 35_000_000
    html = page.read_text(encoding="utf-8")
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", html.partition("<script")[0])


def test_the_policy_names_the_scripts_and_the_style_that_are_there() -> None:
    html = page_of(MODEL)
    policy = next(
        each
        for each in Page(html.partition("<style>")[0] + "</head></html>").all("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    )["content"]
    for tag in ('script type="module"', "style"):
        inside = html.partition(f"<{tag}>")[2].partition(f"</{tag.split()[0]}>")[0]
        assert base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy


def test_the_runtime_is_the_one_that_its_source_names() -> None:
    sums = json.loads((RUNTIME / "SOURCE.json").read_text())["sha256"]
    for name, digest in sums.items():
        packed = RUNTIME / f"{name}.xz"
        content = lzma.decompress(packed.read_bytes()) if packed.exists() else (RUNTIME / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
    assert len(sums) == 2


def test_nothing_is_left_in_english() -> None:
    html = page_of(MODEL, say=in_other_letters, language="ru-RU")
    seen = Page(re.sub("<script.*?</script>", "", html, flags=re.DOTALL))
    assert seen.all("html") == [{"lang": "ru-RU", "dir": "ltr"}]
    spoken = [each.get(name, "") for _, each in seen.elements for name in ("alt", "aria-label")]
    licence = (RUNTIME / "LICENSE.txt").read_text()
    words = " ".join([seen.words, *spoken]).replace(" ".join(licence.split()), "")
    assert set(re.findall(r"[A-Za-z]{2,}", words)) <= {"Cat", "cat", "dog"}
    known = json.loads(re.findall(r'id="words">(.*?)</script>', html)[0])
    for sentence in known["words"].values():
        assert set(re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", sentence))) <= {"cat", "dog"}


def test_a_class_with_signs_of_html_in_its_name_stays_a_name() -> None:
    wicked = "</script><b>dog"
    html = page_of(MODEL._replace(classes=("cat", wicked)))
    assert wicked not in html
    known = json.loads(re.findall(r'id="words">(.*?)</script>', html)[0])
    assert known["classes"] == ["cat", wicked]


def test_the_command_proves_and_writes_it(finished_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cats or dogs"
    said = run("export", finished_model, "--to", "web", "--out", folder).stdout
    assert "No verdict differs." in " ".join(said.split())
    assert {file.name for file in folder.iterdir()} == {"index.html", "service-worker.js", "licences.txt"}
    assert "ONNX Runtime" in (folder / "licences.txt").read_text(encoding="utf-8")
    before = (folder / "index.html").read_bytes()
    found = json.loads(run("export", finished_model, "--to", "web", "--out", folder, "--json").stdout)
    assert found["file"] == str(folder / "index.html")
    assert found["bytes"] == len(before)
    other = tmp_path / "holiday"
    other.mkdir()
    (other / "beach.jpg").touch()
    refused = run("export", finished_model, "--to", "web", "--out", other, code=2).stderr
    assert "holds no page of CatDog's" in " ".join(refused.split())
