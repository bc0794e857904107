"""A test result says what it owes to copies and to the user's answers."""

from msgspec.structs import replace

from trainer.core.results import EvaluatedPhoto, Evaluation
from trainer.dataset.records import Dataset, Photo, SplitName
from trainer.inference.data_notes import data_notes, leaking


def photo(number: int, split: SplitName, *, copy_of: str = "", folder_class: int | None = None) -> Photo:
    return Photo(
        path=f"{split}/{number}.jpg",
        class_index=number % 2,
        split=split,
        bytes=1,
        modified_ns=1,
        width=9,
        height=9,
        digest=f"{split}{number}",
        copy_of=copy_of,
        folder_class=folder_class,
    )


def dataset(*photos: Photo) -> Dataset:
    return Dataset(root="/photos", layout="split folders", classes=("cat", "dog"), photos=photos)


def evaluation(right: list[Photo], wrong: list[Photo]) -> Evaluation:
    def evaluated(photos: list[Photo]) -> tuple[EvaluatedPhoto, ...]:
        return tuple(
            EvaluatedPhoto(path=each.path, class_name="cat", predicted="cat", probability=0.1) for each in photos
        )

    count = len(right) + len(wrong)
    return Evaluation(
        dataset="photos",
        split="test",
        classes=("cat", "dog"),
        photos=count,
        loss=0.1,
        accuracy=len(right) / count,
        accuracy_interval=(0, 1),
        baseline=0.5,
        roc_auc=None,
        threshold=0.5,
        confusion=((0, 0), (0, 0)),
        per_class={},
        right=evaluated(right),
        wrong=evaluated(wrong),
    )


def test_leaks_are_counted_with_the_result_without_them() -> None:
    train = [photo(0, "train", copy_of="a"), photo(1, "train")]
    test = [photo(0, "test", copy_of="a"), photo(1, "test"), photo(2, "test"), photo(3, "test")]
    found = dataset(*train, *test)
    assert leaking(found) == {"test/0.jpg"}
    [note] = data_notes(found, evaluation(test[:3], test[3:]))
    assert note.startswith("1 of 4 test photos has a copy in another split.")
    assert "With it 75.0 % of the test photos are right, without it 66.7 %" in note


def test_copies_within_a_split_are_no_leak() -> None:
    test = [photo(0, "test", copy_of="a"), photo(2, "test", copy_of="a")]
    assert not data_notes(dataset(photo(1, "train"), *test), evaluation(test, []))


def test_a_test_of_copies_alone_says_nothing() -> None:
    test = [photo(0, "test", copy_of="a")]
    [note] = data_notes(dataset(photo(0, "train", copy_of="a"), *test), evaluation(test, []))
    assert "the test says nothing" in note


def test_answers_are_compared_with_the_folders() -> None:
    test = [photo(0, "test", folder_class=1), photo(1, "test", folder_class=0), photo(2, "test"), photo(3, "test")]
    [note] = data_notes(dataset(*test), evaluation([test[0], test[2], test[3]], [test[1]]))
    assert note.startswith("2 test photos count as the other class, as you said.")
    assert "By your answers 75.0 % of the test photos are right, by the folders 75.0 %." in note
    both = [test[0], test[1], test[2]]
    [note] = data_notes(dataset(*test), evaluation(both, [test[3]]))
    assert "By your answers 75.0 % of the test photos are right, by the folders 25.0 %." in note
    plain = [replace(each, folder_class=None) for each in test]
    assert not data_notes(dataset(*plain), evaluation(plain, []))
