"""The session's photos as a Qt model."""

import random
from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from catdog_gui.classify.session.photo_list import NewPhoto, PhotoList, Role
from catdog_gui.classify.session.photo_query import Order
from catdog_gui.classify.session.session_photo import SessionPhoto, natural
from catdog_gui.look.words import probability
from trainer.core.results import Prediction

CLASSES = ("cat", "dog")


def says(dog: float, *, unsure: bool = False) -> Prediction:
    name = "dog" if dog >= 0.5 else "cat"
    return Prediction(
        path="",
        class_name=None if unsure else name,
        probability=dog,
        probabilities={"cat": 1 - dog, "dog": dog},
        nearest_class=name if unsure else None,
        reason="It could be either." if unsure else None,
    )


def unreadable(error: str = "This photo is cut off.") -> Prediction:
    return Prediction(path="", class_name=None, probability=None, probabilities=None, error=error)


@pytest.fixture
def photos(qapp: object) -> PhotoList:
    photos = PhotoList()
    photos.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        photos, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return photos


def fill(photos: PhotoList, *predictions: Prediction | None) -> list[SessionPhoto]:
    added = photos.add(
        [NewPhoto(f"{place}.jpg", Path(f"/{place}.jpg"), f"/{place}.jpg") for place in range(len(predictions))]
    )
    for photo, prediction in zip(added, predictions, strict=True):
        if prediction is not None:
            photos.set_verdict(photo.number, prediction, CLASSES, 0.1)
    return added


def names(photos: PhotoList) -> list[str]:
    return [photos.data(photos.index(row, 0)) for row in range(photos.rowCount())]  # type: ignore[misc]


def test_a_photo_says_its_verdict_in_words() -> None:
    def photo(prediction: Prediction | None) -> SessionPhoto:
        return SessionPhoto(0, "a.jpg", Path("/a.jpg"), prediction, CLASSES)

    assert (photo(None).verdict, photo(None).confidence, photo(None).class_index) == ("Waiting", None, None)
    dog = photo(says(0.9))
    assert (dog.verdict, dog.confidence, dog.class_index, dog.first_share) == ("Dog", 0.9, 1, pytest.approx(0.1))
    assert dog.summary == "a.jpg: Dog, 90.0 %"
    cat = photo(says(0.2))
    assert (cat.verdict, cat.confidence, cat.class_index) == ("Cat", 0.8, 0)
    unsure = photo(says(0.55, unsure=True))
    assert (unsure.verdict, unsure.confidence, unsure.class_index) == ("Not sure", 0.55, None)
    assert (unsure.is_unsure, unsure.nearest, unsure.doubt) == (True, "dog 55 %", "It could be either.")
    assert unsure.reason == ""  # that is for what cannot be read
    assert unsure.summary == "a.jpg: Not sure. It could be either. Nearest: dog 55 %"
    assert (dog.is_unsure, dog.nearest, dog.doubt) == (False, "", "")
    broken = photo(unreadable())
    assert (broken.is_unsure, broken.nearest) == (False, "")
    assert (broken.verdict, broken.confidence, broken.class_index) == ("Cannot be read", None, None)
    assert broken.reason == "This photo is cut off."
    assert broken.summary == "a.jpg: This photo is cut off."


def test_a_probability_never_claims_certainty() -> None:
    assert [probability(value) for value in (0.5, 0.994, 0.996, 0.99999, 1.0)] == [
        "50 %", "99 %", "> 99 %", "> 99 %", "> 99 %",
    ]  # fmt: skip
    assert [probability(value, 1) for value in (0.9994, 0.9996)] == ["99.9 %", "> 99.9 %"]
    assert [probability(value, 1) for value in (0.0, 0.0004, 0.0006)] == ["< 0.1 %", "< 0.1 %", "0.1 %"]


def test_sorting_puts_the_surest_first_and_what_has_no_verdict_last(photos: PhotoList) -> None:
    # The two that are not sure come after every verdict, however probable their nearest class is.
    unsure = says(0.52, unsure=True), says(0.999, unsure=True)
    fill(photos, says(0.7), None, says(0.1), unreadable(), says(0.95), says(0.4), *unsure)
    photos.ask(order="probability")
    assert names(photos) == ["4.jpg", "2.jpg", "0.jpg", "5.jpg", "7.jpg", "6.jpg", "1.jpg", "3.jpg"]
    photos.ask(order="class")
    assert names(photos) == ["2.jpg", "5.jpg", "4.jpg", "0.jpg", "7.jpg", "6.jpg", "1.jpg", "3.jpg"]
    photos.ask(order="added")
    assert names(photos) == [f"{place}.jpg" for place in range(8)]


def test_a_place_follows_its_photo_through_sorting(photos: PhotoList) -> None:
    added = fill(photos, says(0.7), says(0.1), says(0.95))
    held = QPersistentModelIndex(photos.row_of(added[2]))
    photos.ask(order="probability")
    assert held.row() == 0
    assert held.data(Role.PHOTO) is added[2]
    assert [photos.row_of(photo).row() for photo in added] == [2, 1, 0]


def test_verdicts_after_a_clear_go_nowhere(photos: PhotoList) -> None:
    (photo,) = fill(photos, None)
    photos.clear()
    assert photos.set_verdict(photo.number, says(0.9), CLASSES, 0.1) is None
    assert not photos.row_of(photo).isValid()
    (new,) = fill(photos, None)
    assert new.number != photo.number


def test_forgetting_verdicts_keeps_the_photos(photos: PhotoList) -> None:
    fill(photos, says(0.9), unreadable())
    photos.forget_verdicts()
    assert [photo.verdict for photo in photos] == ["Waiting", "Waiting"]


def test_roles_for_eyes_and_screen_readers(photos: PhotoList) -> None:
    fill(photos, says(0.9))
    index = photos.index(0, 0)
    assert photos.data(index, Qt.ItemDataRole.AccessibleTextRole) == "0.jpg: Dog, 90.0 %"
    assert photos.data(index, Qt.ItemDataRole.ToolTipRole) == "0.jpg: Dog, 90.0 %"
    assert photos.data(index, Qt.ItemDataRole.DecorationRole) is None


def test_rows_come_and_go_with_the_filter_and_keep_their_places(photos: PhotoList) -> None:
    added = fill(photos, says(0.9), says(0.1), None, says(0.8), unreadable(), says(0.52, unsure=True))
    photos.ask(kind="second")
    assert names(photos) == ["0.jpg", "3.jpg"]
    held = QPersistentModelIndex(photos.row_of(added[3]))
    photos.set_verdict(added[2].number, says(0.99), CLASSES, 0.1)
    assert names(photos) == ["0.jpg", "3.jpg"]  # until there is time for it
    photos.tidy()
    assert names(photos) == ["0.jpg", "2.jpg", "3.jpg"]
    assert held.row() == 2
    photos.remove([added[0]])
    assert names(photos) == ["2.jpg", "3.jpg"]
    photos.put_back([added[0]])
    assert names(photos) == ["0.jpg", "2.jpg", "3.jpg"]
    assert held.data(Role.PHOTO) is added[3]
    photos.ask(kind="unreadable")
    assert names(photos) == ["4.jpg"]
    photos.ask(kind="unsure")
    assert names(photos) == ["5.jpg"]
    assert len(photos) == 6


def test_a_photo_that_someone_looks_at_stays_whatever_its_verdict(photos: PhotoList) -> None:
    added = fill(photos, says(0.9), says(0.8))
    photos.ask(kind="second")
    photos.hold(added[0])
    photos.set_verdict(added[0].number, says(0.1), CLASSES, 0.1)
    photos.tidy()
    assert names(photos) == ["0.jpg", "1.jpg"]
    photos.hold(None)
    assert names(photos) == ["1.jpg"]


def test_with_another_model_photos_stay_until_their_verdicts_say_otherwise(photos: PhotoList) -> None:
    added = fill(photos, says(0.9), says(0.8), says(0.1))
    photos.ask(kind="second")
    photos.forget_verdicts()
    photos.tidy()
    assert names(photos) == ["0.jpg", "1.jpg"]
    for photo, dog in zip(added, (0.1, 0.9, 0.9), strict=True):
        photos.set_verdict(photo.number, says(dog), CLASSES, 0.1)
    photos.tidy()
    assert names(photos) == ["1.jpg", "2.jpg"]


def test_a_photo_that_came_back_by_itself_is_not_put_back_too(photos: PhotoList) -> None:
    (photo,) = fill(photos, says(0.9))
    photos.remove([photo])
    fill(photos, None)
    assert photos.put_back([photo]) == []
    assert len(photos) == 1


def test_whatever_is_asked_for_rows_and_places_are_right(photos: PhotoList) -> None:
    """A hundred random changes, beside the plainest way to find out what should be shown; the model tester watches."""
    chance = random.Random(11)
    kinds = ("all", "first", "second", "unsure", "unreadable")
    fill(photos, *[None] * 120)
    for number in range(100):
        for photo in chance.sample(list(photos), 15):
            prediction = chance.choice([says(chance.random()), says(0.55, unsure=True), unreadable()])
            photos.set_verdict(photo.number, prediction, CLASSES, 0.1)
        shown = chance.sample(photos.shown, min(10, len(photos.shown)))
        held = {photo: QPersistentModelIndex(photos.row_of(photo)) for photo in shown}
        match chance.randrange(5):
            case 0:
                photos.ask(kind=chance.choice(kinds), words=chance.choice(["", "", "1", "2 J"]))
            case 1:
                photos.ask(order=chance.choice(get_args(Order)), reverse=chance.random() < 0.5)
            case 2:
                gone = chance.sample(list(photos), 5)
                photos.remove(gone)
                photos.put_back(gone[:3])
                held = {photo: index for photo, index in held.items() if photo not in gone}
            case 3:
                photos.add([NewPhoto(f"new {number}.jpg", Path(f"/new/{number}.jpg"), f"new {number}")])
            case _:
                photos.tidy()
        for photo, index in held.items():
            assert index.isValid() == photos.row_of(photo).isValid()
            assert not index.isValid() or index.data(Role.PHOTO) is photo
        photos.tidy()
        query = photos.query
        judged = [photo for photo in photos.shown if photo.kind != "waiting"]
        assert set(judged) == {
            photo
            for photo in photos
            if photo.kind != "waiting"
            and query.kind in ("all", photo.kind)
            and all(word.lower() in photo.name for word in query.words.split())
        }
        if query.order == "added":
            numbers = [photo.number for photo in photos.shown]
            assert numbers == sorted(numbers, reverse=query.reverse)


def test_names_are_sorted_as_people_do() -> None:
    given = ["b.jpg", "IMG 10.jpg", "img 9.jpg", "IMG 009b.jpg", "2.jpg", "10.jpg", "a12b3.jpg", "a12b20.jpg"]
    assert sorted(given, key=natural) == [
        "2.jpg", "10.jpg", "a12b3.jpg", "a12b20.jpg", "b.jpg", "img 9.jpg", "IMG 009b.jpg", "IMG 10.jpg",
    ]  # fmt: skip


def test_the_ends_of_a_range_are_as_exact_as_what_is_shown(photos: PhotoList) -> None:
    fill(photos, says(0.8996), says(0.9004), says(0.8994), says(1.0), says(0.99996))
    photos.ask(low=0.9)
    assert names(photos) == ["0.jpg", "1.jpg", "3.jpg", "4.jpg"]  # 0.8996 is shown as 90.0 %
    photos.ask(high=0.9)
    assert names(photos) == ["0.jpg", "1.jpg"]
