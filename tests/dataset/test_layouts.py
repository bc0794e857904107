"""Each shape of dataset that people have is recognised from its names alone, and what is none is explained."""

import string
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.core.errors import DatasetError
from trainer.dataset import names
from trainer.dataset.layouts import Layout, find_layout
from trainer.dataset.oxford import CAT_BREEDS, DOG_BREEDS


def no_text(path: str) -> str | None:
    return None


def layout_of(paths: Iterable[str], texts: dict[str, str] | None = None) -> Layout:
    return find_layout(list(paths), (texts or {}).get)


def table(layout: Layout) -> dict[str, tuple[str, str | None]]:
    return {path: (layout.classes[index], split) for path, (index, split) in layout.assignments.items()}


def refusal(paths: Iterable[str]) -> DatasetError:
    with pytest.raises(DatasetError) as caught:
        layout_of(paths)
    return caught.value


@pytest.mark.parametrize(
    "folders",
    [
        ("cats", "dogs"),
        ("Cat", "Dog"),
        ("CATS", "dog"),
        ("PetImages/Cat", "PetImages/Dog"),
        ("a/b/c/cats", "a/b/c/dogs"),
        ("part 1/cats", "part 2/dogs"),
        ("cats/cats", "cats/dogs"),
    ],
)
def test_pet_folders(folders: tuple[str, str]) -> None:
    cat, dog = folders
    layout = layout_of([f"{dog}/1.jpg", f"{cat}/1.jpg", f"{cat}/persian/deep/2.png", f"{dog}/no ending", "readme.jpg"])
    assert (layout.name, layout.classes, layout.unclassified) == ("class folders", ("cat", "dog"), ("readme.jpg",))
    assert table(layout) == {
        f"{dog}/1.jpg": ("dog", None),
        f"{dog}/no ending": ("dog", None),
        f"{cat}/1.jpg": ("cat", None),
        f"{cat}/persian/deep/2.png": ("cat", None),
    }


@pytest.mark.parametrize("name", ["train", "training", "training_set", "train_set", "Train", "TRAINING_SET"])
@pytest.mark.parametrize("val", ["val", "valid", "validation", "validation_set", "val_set", "Valid"])
@pytest.mark.parametrize("test", ["test", "testing", "test_set", "TEST"])
def test_split_folders(name: str, val: str, test: str) -> None:
    layout = layout_of(f"{split}/{kind}/1.jpg" for split in (name, val, test) for kind in ("cats", "dogs"))
    assert layout.name == "split folders"
    assert table(layout) == {
        f"{folder}/{kind}s/1.jpg": (kind, split)
        for folder, split in ((name, "train"), (val, "validation"), (test, "test"))
        for kind in ("cat", "dog")
    }


def test_what_people_download() -> None:
    kaggle_cnn = layout_of(
        f"{folder}/{folder}/{kind}s/{kind}.{number}.jpg"
        for folder in ("training_set", "test_set")
        for kind in ("cat", "dog")
        for number in (1, 2)
    )
    assert table(kaggle_cnn)["training_set/training_set/cats/cat.1.jpg"] == ("cat", "train")
    assert table(kaggle_cnn)["test_set/test_set/dogs/dog.2.jpg"] == ("dog", "test")
    filtered = layout_of(
        ["cats_and_dogs_filtered/vectorize.py"]
        + [f"cats_and_dogs_filtered/{s}/{k}/{k[:3]}.1.jpg" for s in ("train", "validation") for k in ("cats", "dogs")]
    )
    assert len(filtered.assignments) == 4
    assert {split for _, split in filtered.assignments.values()} == {"train", "validation"}


def test_splits_inside_the_class_folders() -> None:
    layout = layout_of([f"{kind}/{split}/1.jpg" for kind in ("cats", "dogs") for split in ("train", "test")])
    assert table(layout)["dogs/test/1.jpg"] == ("dog", "test")
    assert table(layout)["cats/train/1.jpg"] == ("cat", "train")


def test_photos_in_class_folders_beside_a_test_folder() -> None:
    layout = layout_of(["cats/1.jpg", "dogs/1.jpg", "test/cats/2.jpg", "test/dogs/2.jpg"])
    assert table(layout)["cats/1.jpg"] == ("cat", None)
    assert table(layout)["test/dogs/2.jpg"] == ("dog", "test")


def test_documents_in_class_folders_are_no_photos_and_wrong_endings_are() -> None:
    documents = [f"cats/notes{ending}" for ending in (".txt", ".csv", ".json", ".py", ".md", ".xml", ".mat", ".TXT")]
    layout = layout_of([*documents, "cats/1.jpg", "cats/2.doc", "dogs/1.jpg", "notes.doc"])
    assert set(layout.assignments) == {"cats/1.jpg", "cats/2.doc", "dogs/1.jpg"}
    assert layout.unclassified == ()


def test_class_folders_without_any_photo_ending() -> None:
    layout = layout_of(["cats/0001", "cats/0002", "dogs/0001", "cats/list.txt"])
    assert set(layout.assignments) == {"cats/0001", "cats/0002", "dogs/0001"}


@pytest.mark.parametrize("prefix", ["", "train/", "dogs-vs-cats/train/train/"])
def test_kaggles_files(prefix: str) -> None:
    files = [
        "cat.0.jpg",
        "cat_001.png",
        "Cat (1).jpg",
        "cat-2.jpeg",
        "cats 3.jpg",
        "dog.17.jpg",
        "dog0001.jpg",
        "DOG.jpg",
    ]
    layout = layout_of([*(prefix + name for name in files), "test1/1.jpg", "test1/2.jpg", "sampleSubmission.csv"])
    assert (layout.name, layout.classes) == ("named files", ("cat", "dog"))
    split = "train" if prefix else None
    assert table(layout) == {prefix + name: (name[:3].lower(), split) for name in files}
    assert layout.unclassified == ("test1/1.jpg", "test1/2.jpg")


def test_a_stray_among_named_files_has_no_class() -> None:
    layout = layout_of(["cat.1.jpg", "cat.2.jpg", "dog.1.jpg", "dog.2.jpg", "category.1.jpg", "IMG_1.jpg", "IMG_2.jpg"])
    assert layout.unclassified == ("IMG_1.jpg", "IMG_2.jpg", "category.1.jpg")


def test_pet_names_by_chance_do_not_decide() -> None:
    chance = ["happy/cat_1.jpg", "happy/dog_2.jpg", *(f"happy/{n}.jpg" for n in range(9)), "sad/1.jpg"]
    assert layout_of(chance).classes == ("happy", "sad")


@pytest.mark.parametrize(
    ("folders", "classes"),
    [
        (("Rabbit", "hamster"), ("hamster", "Rabbit")),
        (("pictures/кошки", "pictures/собаки"), ("кошки", "собаки")),
        (("x/cats", "x/Rabbit"), ("cat", "Rabbit")),
        (("猫", "犬"), ("犬", "猫")),
    ],
)
def test_two_folders_of_any_name(folders: tuple[str, str], classes: tuple[str, str]) -> None:
    layout = layout_of([f"{folders[0]}/1.jpg", f"{folders[1]}/1.jpg", f"{folders[1]}/below/2.jpg", "x.jpg"][:3])
    assert (layout.name, layout.classes) == ("class folders", classes)
    assert len(layout.assignments) == 3


def test_any_names_are_the_same_class_in_every_split() -> None:
    decomposed = "Cafe\u0301"
    layout = layout_of(
        [
            "train/Apple/1.jpg",
            "train/Caf\u00e9/1.jpg",
            f"test/{decomposed}/1.jpg",
            "test/apple/1.jpg",
            "valid/apple/1.jpg",
        ]
    )
    assert layout.classes == ("Apple", "Caf\u00e9")
    assert table(layout)[f"test/{decomposed}/1.jpg"] == ("Caf\u00e9", "test")
    assert table(layout)["valid/apple/1.jpg"] == ("Apple", "validation")


def test_any_class_folders_beside_unlabelled_test_photos() -> None:
    layout = layout_of(["train/apple/1.jpg", "train/pear/1.jpg", "test1/1.jpg", "stray/2.jpg"])
    assert layout.unclassified == ("stray/2.jpg", "test1/1.jpg")
    layout = layout_of(["apple/1.jpg", "pear/1.jpg", "test/1.jpg"])
    assert layout.unclassified == ("test/1.jpg",)
    layout = layout_of(["cats/1.jpg", "dogs/1.jpg", "test1/1.jpg"])
    assert layout.unclassified == ("test1/1.jpg",)


def test_files_numbered_behind_any_two_words() -> None:
    paths = ["red panda_1.jpg", "Red panda_2.jpg", "fox (1).jpg", "fox (2).jpg", "stray.jpg"]
    layout = layout_of(paths)
    assert (layout.name, layout.classes) == ("named files", ("fox", "Red panda"))
    assert layout.unclassified == ("stray.jpg",)


def oxford_paths(*stems: str) -> list[str]:
    return [f"oxford-iiit-pet/images/{stem}.jpg" for stem in stems]


def test_oxford_without_lists() -> None:
    paths = oxford_paths("Abyssinian_1", "british_Shorthair_12", "american_bulldog_1", "wheaten_terrier_9", "Tabby_1")
    layout = layout_of([*paths, "oxford-iiit-pet/images/Abyssinian_101.mat", *oxford_paths("IMG_1", "mutt_2")])
    assert (layout.name, layout.classes) == ("oxford pets", ("cat", "dog"))
    assert [table(layout)[path] for path in paths] == [(kind, None) for kind in ("cat", "cat", "dog", "dog", "cat")]
    assert table(layout)[oxford_paths("mutt_2")[0]] == ("dog", None)
    assert layout.unclassified == tuple(oxford_paths("IMG_1"))


def test_oxford_with_lists() -> None:
    base = "oxford-iiit-pet/annotations/"
    texts = {
        base + "list.txt": "#Image ID SPECIES BREED-ID\nAbyssinian_1 1 1 1\nboxer_2 9 2 4\nBoxer_3 9 2 4\nodd\nx 1 7\n",
        base + "trainval.txt": "Abyssinian_1 1 1 1\nBoxer_3 9 2 4\n",
        base + "test.txt": "boxer_2 9 2 4\n\n",
    }
    photos = oxford_paths("Abyssinian_1", "boxer_2", "Boxer_3", "Siamese_4")
    trimaps = [base + "trimaps/Abyssinian_1.png", base + "trimaps/boxer_2.png"]
    layout = layout_of([*photos, *trimaps, *texts, base + "README"], texts)
    assert table(layout) == dict(
        zip(photos, [("cat", "train"), ("dog", "test"), ("dog", "train"), ("cat", None)], strict=True)
    )
    assert layout.unclassified == ()


def test_oxford_lists_that_cannot_be_read_are_done_without() -> None:
    paths = [*oxford_paths("Abyssinian_1", "boxer_2"), "oxford-iiit-pet/annotations/list.txt"]
    assert find_layout(paths, no_text).classes == ("cat", "dog")


def test_there_are_37_breeds_and_the_rule_of_capitals_holds() -> None:
    assert (len(CAT_BREEDS), len(DOG_BREEDS)) == (12, 25)
    for breed in sorted(CAT_BREEDS | DOG_BREEDS):
        own = breed.capitalize() if breed in CAT_BREEDS else breed
        other = "boxer" if breed in CAT_BREEDS else "Persian"
        layout = layout_of(oxford_paths(f"{own}_1", f"{other}_1"))
        assert table(layout)[oxford_paths(f"{own}_1")[0]][0] == ("cat" if breed in CAT_BREEDS else "dog")


def test_two_breeds_of_one_species_are_two_classes_of_their_own() -> None:
    assert layout_of(["Siamese_1.jpg", "Siamese_2.jpg", "Persian_1.jpg", "Persian_2.jpg"]).classes == (
        "Persian",
        "Siamese",
    )


def test_pet_folders_win_over_breeds() -> None:
    layout = layout_of(["cats/boxer_1.jpg", "dogs/Persian_1.jpg"])
    assert table(layout) == {"cats/boxer_1.jpg": ("cat", None), "dogs/Persian_1.jpg": ("dog", None)}


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["cats/1.jpg", "dogs/1.jpg", "birds/1.jpg"], "3 classes were found: birds, cat, dog."),
        (["a/1.jpg", "b/1.jpg", "c/1.jpg"], "3 classes were found: a, b, c."),
        ([f"class {n}/1.jpg" for n in range(9)], "9 classes were found: class 0, class 1, class 2, class 3, class 4, "),
        (["train/a/1.jpg", "train/b/1.jpg", "test/b/1.jpg", "test/c/1.jpg"], "3 classes were found: a, b, c."),
        (["cat.1.jpg", "dog.1.jpg", "cat.2.jpg", "bird.1.jpg", "bird.2.jpg"], "3 classes were found: bird, cat, dog."),
        ([f"{name}_{n}.jpg" for n in (1, 2) for name in "xyz"], "3 classes were found: x, y, z."),
        (["Cat/1.jpg", "cats/1.jpg"], "Only one class was found: cat."),
        (["cats/1.jpg", "cats/2.jpg"], "Only one class was found: cat."),
        (["train/dogs/1.jpg", "test/dogs/2.jpg"], "Only one class was found: dog."),
        (["dog.1.jpg", "dog.2.jpg"], "Only one class was found: dog."),
    ],
)
def test_other_than_two_classes_are_named(paths: list[str], found: str) -> None:
    error = refusal(paths)
    assert error.what.startswith(found)
    assert error.remedy


def test_where_nothing_matches_the_error_says_what_is_there_and_what_works() -> None:
    error = refusal(["holiday/1.jpg", "holiday/2.jpg", "IMG_1.jpg", "DSC_2.jpg"])
    assert "2 photos in holiday (such as 1.jpg)" in error.what
    assert "2 photos in the top folder (such as DSC_2.jpg)" in error.what
    for shape in ("cats/", "train/cats/", "cat.0.jpg", "Abyssinian_1.jpg"):
        assert shape in error.remedy
    many = refusal(
        ["1.jpg", *(f"train/{n}/{n}/{n}.jpg" for n in range(1)), *(f"test/{'x/' * n}{n}.jpg" for n in range(9))]
    )
    assert "other folders" in many.what
    assert len(many.what) < 600


@pytest.mark.parametrize("paths", [[], ["notes.txt"], ["a/b.csv", "c.md"]])
def test_no_photos_at_all(paths: list[str]) -> None:
    assert refusal(paths).what == "No photos were found."


def test_names_say_what_they_say() -> None:
    assert [names.ending(name) for name in ("a/b.JPG", "b", ".hidden", "a.b/c", "x.tar.gz")] == [
        ".jpg",
        "",
        "",
        "",
        ".gz",
    ]
    assert names.stem("a/cat.0.jpg") == "cat.0"
    assert [names.numbered_prefix(f"{name}.jpg") for name in ("a1", "12", "IMG_1", "IMG_2026_1", "a b-(3)", "a")] == [
        "a",
        "",
        "",
        "",
        "a b",
        "",
    ]
    assert [names.pet_prefix(f"{name}.jpg") for name in ("cat", "catalog", "caté", "dogs_1", "hotdog", "1cat")] == [
        "cat",
        "",
        "",
        "dog",
        "",
        "",
    ]


def test_endless_names_and_depths_cost_no_time() -> None:
    deep = "train/" + "a/" * 20_000
    assert layout_of([f"{deep}x/1.jpg", f"{deep}y/1.jpg", f"{'b' * 60_000}1.jpg"]).classes == ("x", "y")
    refusal([f"{'train/' * 20_000}1.jpg", f"{'b1' * 60_000}.jpg"])


part = st.one_of(
    st.sampled_from(
        [
            "cats",
            "dogs",
            "Cat",
            "train",
            "val",
            "test",
            "test1",
            "images",
            "annotations",
            "trimaps",
            "apple",
            "",
            ".",
            "..",
        ]
    ),
    st.text(max_size=8),
)
leaf = st.one_of(
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["cat", "dog", "IMG", "apple", "Abyssinian", "boxer", "list", ""]),
        st.sampled_from([".", "_", " (", ""]),
        st.sampled_from(["1", "22", "003", ""]),
        st.sampled_from([".jpg", ".png", ".txt", "", ".doc"]),
    ),
    st.text(alphabet=string.printable, max_size=12),
    st.text(max_size=8),
)
any_path = st.builds(lambda parts, name: "/".join([*parts, name]), st.lists(part, max_size=4), leaf)


def layout_or_refusal(paths: list[str], text: str | None) -> Layout | DatasetError:
    try:
        return find_layout(paths, lambda path: text)
    except DatasetError as error:
        return error


@given(paths=st.lists(any_path, max_size=12), text=st.one_of(st.none(), st.text(max_size=60)))
def test_any_paths_are_recognised_or_refused(paths: list[str], text: str | None) -> None:
    layout = layout_or_refusal(paths, text)
    if isinstance(layout, DatasetError):
        assert layout.what
        assert layout.remedy
        return
    assert set(layout.assignments) <= set(paths)
    assert set(layout.unclassified) <= set(paths)
    assert not set(layout.unclassified) & set(layout.assignments)
    assert {index for index, _ in layout.assignments.values()} == {0, 1}
    assert layout.classes[0] != layout.classes[1]
    assert sorted(layout.classes, key=lambda name: (name.casefold(), name)) == list(layout.classes)
    assert find_layout(paths[::-1], lambda path: text) == layout


def test_a_class_folder_may_be_called_like_the_folder_around_both() -> None:
    layout = find_layout(["images/cats/a.jpg", "images/images/b.jpg"], lambda _path: None)
    assert {path: index for path, (index, _) in layout.assignments.items()} == {
        "images/cats/a.jpg": 0,
        "images/images/b.jpg": 1,
    }
