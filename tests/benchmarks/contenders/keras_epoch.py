"""One epoch with the mission's own stack, Keras on TensorFlow; `epoch.py` starts it in an environment of its own.

    build/bench/keras-venv/bin/python tests/benchmarks/keras_epoch.py DATASET

The code is that of the published experiments (F. Chollet, "Deep Learning with Python", 2017, listings 5.5, 5.6, 5.11 to
5.14) with the names of today's Keras. Its generator prepares batches in a background thread by itself.
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
from keras import layers
from keras.src.legacy.preprocessing.image import ImageDataGenerator

_SIZE, _BATCH = 150, 32
_WARM_UP_BATCHES = 8


class _Watch(keras.callbacks.Callback):
    """Times the epoch with its validation, without what `fit` does before and after."""

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:
        self.began = time.perf_counter()

    def on_test_begin(self, logs: object = None) -> None:
        self.trained = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:
        self.ended = time.perf_counter()


def main() -> None:
    """Warm up, time one epoch, and print it."""
    dataset = Path(sys.argv[1])
    varied = ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=40,
        width_shift_range=0.2,
        height_shift_range=0.2,
        shear_range=11.5,
        zoom_range=0.2,
        horizontal_flip=True,
    )
    train = _flow(varied, dataset / "train")
    validation = _flow(ImageDataGenerator(rescale=1 / 255), dataset / "val")
    keras.utils.set_random_seed(0)
    network = _network()
    network.compile(keras.optimizers.RMSprop(learning_rate=1e-4), "binary_crossentropy", metrics=["acc"])
    # Traces and compiles both graphs.
    few = {
        "steps_per_epoch": min(_WARM_UP_BATCHES, len(train)),
        "validation_steps": min(_WARM_UP_BATCHES, len(validation)),
    }
    network.fit(train, validation_data=validation, epochs=1, verbose=0, **few)
    watch = _Watch()
    history = network.fit(train, validation_data=validation, epochs=1, verbose=0, callbacks=[watch])
    told = {"seconds": watch.ended - watch.began, "validation_seconds": watch.ended - watch.trained}
    print(json.dumps({**told, "val_accuracy": history.history["val_acc"][-1]}))


def _flow(generator: ImageDataGenerator, folder: Path) -> keras.utils.PyDataset:
    return generator.flow_from_directory(
        str(folder), target_size=(_SIZE, _SIZE), batch_size=_BATCH, class_mode="binary"
    )


def _network() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((_SIZE, _SIZE, 3)),
            *(
                layer
                for width in (32, 64, 128, 128)
                for layer in (layers.Conv2D(width, 3, activation="relu"), layers.MaxPooling2D())
            ),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(512, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


if __name__ == "__main__":
    main()
