"""Every setting of a training run: frozen, checked when it is made, and readable as JSON."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self, get_args

from msgspec import Meta, structs

from trainer.core.dataset_choice import DatasetChoice, relative_paths
from trainer.core.duration import LONGEST
from trainer.core.errors import SettingError
from trainer.core.setting import Checked, unknown
from trainer.core.text import text

CONFIG_VERSION = 2
# What CatDog 0.1 called some settings: read in its files and taken on the command line, never written.
FORMER_NAMES = {"warm_up": "warmup", "blending": "mixup", "averaging": "ema_decay", "trunk": "backbone"}

AugmentLevel = Literal["off", "light", "strong"]
RecipeName = Literal["classic", "compact", "transfer"]
OptimiserName = Literal["rmsprop", "adam", "adamw", "sgd"]
ScheduleName = Literal["constant", "cosine"]
BackboneName = Literal[
    "efficientnet-lite0",
    "efficientnet-lite1",
    "efficientnet-lite2",
    "mobilenet-v3-large",
    "efficientnet-b0",
    "convnext-tiny",
]
ClassWeighting = Literal["off", "balanced"]
DeviceName = Literal["auto", "cuda", "mps", "cpu"]
PrecisionName = Literal["auto", "float32", "bfloat16"]


class AugmentConfig(Checked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much training photos are varied. The defaults are the mission's ("strong")."""

    rotation: Annotated[
        float,
        Meta(
            extra={"unit": "degrees"},
            ge=0,
            le=180,
            title="Rotation",
            description="Turn photos by up to this many degrees.",
        ),
    ] = 40.0
    shift: Annotated[
        float,
        Meta(
            extra={"unit": "of the size"},
            ge=0,
            le=0.5,
            title="Shift",
            description="Move photos by up to this fraction of their size.",
        ),
    ] = 0.2
    # 0.2 radians, as the published experiments had it: Keras 2.0 read its shear_range in radians.
    shear: Annotated[
        float,
        Meta(
            extra={"unit": "degrees"},
            ge=0,
            le=60,
            title="Shear",
            description="Slant photos by up to this many degrees.",
        ),
    ] = 11.5
    zoom: Annotated[
        float,
        Meta(
            extra={"unit": "of the size"},
            ge=0,
            le=0.9,
            title="Zoom",
            description="Zoom in or out by up to this fraction.",
        ),
    ] = 0.2
    flip: Annotated[bool, Meta(title="Flip", description="Mirror about half of the photos, left to right.")] = True
    brightness: Annotated[
        float,
        Meta(
            extra={"unit": "of full brightness"},
            ge=0,
            le=1,
            title="Brightness",
            description="Make photos darker or brighter by up to this much.",
        ),
    ] = 0.0
    contrast: Annotated[
        float,
        Meta(
            extra={"unit": "of the contrast"},
            ge=0,
            le=0.9,
            title="Contrast",
            description="Lower or raise the contrast by up to this fraction.",
        ),
    ] = 0.0
    saturation: Annotated[
        float,
        Meta(
            extra={"unit": "of the colour"},
            ge=0,
            le=1,
            title="Saturation",
            description="Make colours paler or stronger by up to this fraction.",
        ),
    ] = 0.0
    crop: Annotated[
        float,
        Meta(
            extra={"unit": "of the area"},
            ge=0,
            le=0.95,
            title="Crop",
            description="Cut away up to this share of a photo's area, at random.",
        ),
    ] = 0.0

    @classmethod
    def level(cls, name: str) -> Self:
        """Return one of the named levels: off, light, strong. Raises SettingError for any other."""
        if name not in get_args(AugmentLevel):
            what = text("There is no augmentation level called {name}.", name=repr(name))
            raise unknown(what, name, get_args(AugmentLevel))
        return cls(**_LEVELS[name])

    @property
    def is_off(self) -> bool:
        """True where no photo would be changed."""
        return not any(structs.astuple(self))

    @property
    def only_mirrors(self) -> bool:
        """True where photos would be mirrored at most."""
        return structs.replace(self, flip=False).is_off


_LEVELS: dict[str, dict[str, Any]] = {
    "off": dict.fromkeys(AugmentConfig.__struct_fields__, 0.0) | {"flip": False},
    "light": {
        "rotation": 10.0,
        "shift": 0.05,
        "shear": 0.0,
        "zoom": 0.1,
        "flip": True,
        "brightness": 0.1,
        "contrast": 0.1,
    },
    "strong": {},
}


class SplitConfig(Checked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How photos are shared out where the folders do not say. The three fractions add up to 1."""

    train: Annotated[
        float, Meta(ge=0.05, le=0.9, title="Training", description="The share of photos that the network learns from.")
    ] = 0.7
    validation: Annotated[
        float,
        Meta(ge=0.05, le=0.9, title="Validation", description="The share that chooses the best epoch."),
    ] = 0.15
    test: Annotated[
        float,
        Meta(ge=0.05, le=0.9, title="Test", description="The share kept back to see how good the model is."),
    ] = 0.15

    def __post_init__(self) -> None:
        """Check the fractions and their sum. Raises SettingError."""
        super().__post_init__()
        if not math.isclose(sum(self.fractions), 1.0, abs_tol=1e-6):
            raise SettingError(
                text(
                    "The shares of train, validation and test must add up to 1, and these add up to {sum:g}.",
                    sum=sum(self.fractions),
                )
            )

    @property
    def fractions(self) -> tuple[float, float, float]:
        """Train, validation, test."""
        return self.train, self.validation, self.test


class TrainConfig(Checked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything but the photos that decides how a run turns out.

    A new object has values in range. Whether its recipe can do what they say, `Recipe.check` decides before a run.
    """

    dataset: str
    """Absolute path of the folder or zip of photos."""
    recipe: Annotated[RecipeName, Meta(title="Recipe", description="The network and the settings that go with it.")] = (
        "classic"
    )
    epochs: Annotated[
        int,
        Meta(ge=1, le=10_000, title="Epochs", description="How often the network sees each training photo."),
    ] = 30
    batch_size: Annotated[
        int,
        Meta(ge=1, le=1024, title="Batch size", description="How many photos the network learns from in one step."),
    ] = 32
    learning_rate: Annotated[
        float,
        Meta(ge=1e-8, le=10, title="Learning rate", description="How large each step is. Smaller is slower but safer."),
    ] = 1e-4
    optimiser: Annotated[
        OptimiserName, Meta(title="Optimiser", description="The rule that turns errors into changes of the weights.")
    ] = "rmsprop"
    image_size: Annotated[
        int,
        # Below 46 pixels the classic network's last pooling has nothing left to pool.
        Meta(
            extra={"unit": "pixels"},
            ge=48,
            le=512,
            title="Image size",
            description="Photos are resized to squares of this many pixels.",
        ),
    ] = 150
    dropout: Annotated[
        float,
        Meta(
            ge=0,
            le=0.95,
            title="Dropout",
            description="The share of signals switched off at random in training, against overfitting.",
        ),
    ] = 0.5
    weight_decay: Annotated[
        float,
        Meta(ge=0, le=1, title="Weight decay", description="Pulls the weights towards zero, against overfitting."),
    ] = 0.0
    schedule: Annotated[
        ScheduleName,
        Meta(
            title="Schedule",
            description="constant keeps the learning rate; cosine lowers it to zero by the last epoch.",
        ),
    ] = "constant"
    warmup: Annotated[
        float,
        Meta(
            ge=0,
            le=0.5,
            title="Warm-up",
            description="The share of the run in which the learning rate rises to its full value.",
        ),
    ] = 0.0
    label_smoothing: Annotated[
        float,
        Meta(
            ge=0,
            le=0.5,
            title="Label smoothing",
            description="Asks the network to be less certain: with 0.1, 95 % sure instead of 100 %.",
        ),
    ] = 0.0
    mixup: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            title="Mixup",
            description="The share of batches in which photos are mixed in pairs, against overfitting.",
        ),
    ] = 0.0
    ema_decay: Annotated[
        float,
        Meta(
            ge=0,
            le=0.9999,
            title="EMA decay",
            description="The model is a moving average of the weights: each step keeps this share of it. 0: none.",
        ),
    ] = 0.0
    first_size: Annotated[
        int,
        Meta(
            extra={"unit": "pixels"},
            ge=0,
            le=512,
            title="First size",
            description="Train on photos of this many pixels at first, on larger ones later. 0: always the last size.",
        ),
    ] = 0
    last_size: Annotated[
        int,
        Meta(
            extra={"unit": "pixels"},
            ge=0,
            le=512,
            title="Last size",
            description="The size of training photos at the end. 0: the image size.",
        ),
    ] = 0
    backbone: Annotated[
        BackboneName,
        Meta(
            title="Backbone",
            description="The pre-trained network that the model builds on. The more accurate one takes about a third "
            "longer.",
            extra={
                "choices": {
                    "efficientnet-lite0": "Faster (Lite0)",
                    "efficientnet-lite1": "In between (Lite1)",
                    "efficientnet-lite2": "More accurate (Lite2)",
                    "mobilenet-v3-large": "MobileNetV3 large (is downloaded once)",
                    "efficientnet-b0": "EfficientNet-B0 (is downloaded once)",
                    "convnext-tiny": "ConvNeXt tiny (is downloaded once)",
                }
            },
        ),
    ] = "efficientnet-lite0"
    tuned_stages: Annotated[
        int,
        Meta(
            ge=0,
            le=8,
            title="Tuned stages",
            description="How many of the backbone's last stages are trained too. 0: the head alone, which is fastest.",
        ),
    ] = 0
    augment: AugmentConfig = AugmentConfig()
    split: SplitConfig = SplitConfig()
    seed: Annotated[
        int,
        Meta(ge=0, le=2**31 - 1, title="Seed", description="The same seed gives the same run again, to the last bit."),
    ] = 0
    patience: Annotated[
        int,
        Meta(
            ge=0,
            le=10_000,
            title="Patience",
            description="Stop after this many epochs without a lower validation loss. 0 never stops early.",
        ),
    ] = 10
    class_weighting: Annotated[
        ClassWeighting,
        Meta(
            title="Class weighting",
            description="balanced: photos of the smaller class count more, so that both classes count the same.",
        ),
    ] = "off"
    device: Annotated[
        DeviceName,
        Meta(
            title="Device",
            description="auto takes an NVIDIA card if there is one, else Apple's GPU, else the processor.",
        ),
    ] = "auto"
    precision: Annotated[
        PrecisionName,
        Meta(
            title="Precision",
            description="bfloat16 is about twice as fast where the processor supports it; auto uses it there.",
        ),
    ] = "auto"
    # Chosen once for all machines, so that two of them arrive at the same numbers: tests/benchmarks/RESULTS.md.
    shards: Annotated[
        int,
        Meta(
            ge=1,
            le=64,
            title="Shards",
            description="The parts of a batch, computed at the same time where there are as many cores. Another number "
            "gives slightly other results.",
        ),
    ] = 4
    threads: Annotated[
        int,
        Meta(
            ge=0,
            le=256,
            title="Threads",
            description="Processor threads to use. 0 lets CatDog choose. No number depends on them.",
        ),
    ] = 0
    time_budget: Annotated[
        int,
        Meta(
            extra={"unit": "seconds"},
            ge=0,
            le=LONGEST,
            title="Training time",
            description="Train for about this long: as many epochs as fit, with a schedule made for them. "
            "0: as many as are set.",
        ),
    ] = 0
    class_folders: tuple[str, ...] = ()
    """The folders below `dataset` that are the two classes; empty: as they are found. See `DatasetChoice`."""
    left_out: tuple[str, ...] = ()
    """Photos below `dataset` that do not count."""
    version: Annotated[int, Meta(ge=1, le=CONFIG_VERSION, title="Version of these settings")] = CONFIG_VERSION

    def __post_init__(self) -> None:
        """Check every value. Raises SettingError."""
        super().__post_init__()
        for field in ("class_folders", "left_out"):
            structs.force_setattr(self, field, relative_paths(field, getattr(self, field)))

    @property
    def photos(self) -> DatasetChoice:
        """Which photos the run is about."""
        return DatasetChoice(root=self.dataset, class_folders=self.class_folders, left_out=self.left_out)

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Build from plain values, as JSON holds them, also under the names that CatDog 0.1 had.

        Raises SettingError for an unknown name (with the closest known one) and for a value out of range.
        """
        return super().from_mapping({FORMER_NAMES.get(name, name): value for name, value in values.items()})
