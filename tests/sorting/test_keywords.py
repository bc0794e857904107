"""The class of a sorted photo becomes a keyword beside it, never in it, and whatever else is there stays."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.sorting.faults import tree
from tests.sorting.test_sort import heap, plan
from trainer.sorting.keywords import with_keyword
from trainer.sorting.sort import sort
from trainer.sorting.undo import undo

__all__ = ["heap"]  # a fixture

LIGHTROOM = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>
<!-- kept -->
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/crs/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="4" crs:Exposure2012="+0.50">
   <dc:subject><rdf:Bag><rdf:li>holiday</rdf:li><rdf:li>tea &amp; cake</rdf:li></rdf:Bag></dc:subject>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
_LI = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"


def listed(content: bytes) -> list[str | None]:
    return [item.text for item in ET.fromstring(content).iter(_LI)]


def test_a_new_file_has_the_class() -> None:
    content = with_keyword(None, "cat & <dog>")
    assert listed(content) == ["cat & <dog>", "CatDog|cat & <dog>"]
    assert content.startswith(b"<?xpacket begin")
    assert with_keyword(content, "cat & <dog>") == content


def test_whatever_else_is_there_stays() -> None:
    content = with_keyword(LIGHTROOM, "cat")
    assert listed(content) == ["holiday", "tea & cake", "cat", "CatDog|cat"]
    for kept in (b"<!-- kept -->", b'xmp:Rating="4"', b'crs:Exposure2012="+0.50"', b'<?xpacket end="w"?>', b"x:xmptk"):
        assert kept in content
    assert b"ns0" not in content


@pytest.mark.parametrize(
    "content",
    [b"", b"no xml", b"<a><b></a>", b"\xff\xfe<", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"<x/>", b"<x>" * 100],
)
def test_what_is_no_xmp_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="XMP"):
        with_keyword(content, "cat")


def test_keywords_are_written_only_where_they_are_wanted_and_taken_back(heap: Path, tmp_path: Path) -> None:
    (heap / "a.jpg.xmp").write_bytes(LIGHTROOM)
    (heap / "a.jpg.xmp").chmod(0o600)
    (heap / "a.xmp").unlink()
    before = tree(heap)
    sort(plan(heap, tmp_path / "plain"))
    assert sorted(name for name in tree(tmp_path / "plain") if name.endswith("xmp")) == ["cats/a.jpg.xmp"]
    result = sort(plan(heap, tmp_path / "sorted", "move", keywords=True))
    after = tree(tmp_path / "sorted")
    assert result.problems == ()
    assert "cat" in listed(after["cats/a.jpg.xmp"][0])
    assert after["cats/a.jpg.xmp"][2] & 0o777 == 0o600
    assert listed(after["dogs/b.heic.xmp"][0]) == ["dog", "CatDog|dog"]
    assert after["cats/a.jpg"] == before["a.jpg"]
    assert undo(Path(result.journal)).kept == ()
    assert tree(heap) == before
    assert not (tmp_path / "sorted").exists()


def test_keywords_that_cannot_be_written_are_named_and_the_photo_is_sorted(heap: Path, tmp_path: Path) -> None:
    (heap / "a.jpg.xmp").write_bytes(b"broken")
    before = tree(heap)
    result = sort(plan(heap, tmp_path / "sorted", "move", keywords=True))
    assert [Path(problem.path).name for problem in result.problems] == ["a.jpg"]
    assert "keywords were not written" in result.problems[0].reason
    assert (tmp_path / "sorted" / "cats" / "a.jpg.xmp").read_bytes() == b"broken"
    undo(Path(result.journal))
    assert tree(heap) == before


def test_keywords_that_somebody_changed_since_stay(heap: Path, tmp_path: Path) -> None:
    result = sort(plan(heap, tmp_path / "sorted", keywords=True))
    (tmp_path / "sorted" / "dogs" / "b.heic.xmp").write_bytes(LIGHTROOM)
    undone = undo(Path(result.journal))
    assert [kept.reason for kept in undone.kept] == ["The keywords were changed since. They stay."]
    assert (tmp_path / "sorted" / "dogs" / "b.heic.xmp").read_bytes() == LIGHTROOM


def test_a_name_too_long_for_a_file_beside_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "heap").mkdir()
    (tmp_path / "heap" / f"{'x' * 251}.jpg").write_bytes(b"photo")
    result = sort(plan(tmp_path / "heap", tmp_path / "sorted", keywords=True))
    assert result.photos == 1
    assert "too long" in result.problems[0].reason
