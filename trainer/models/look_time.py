"""How long this machine's processor takes to look at a photo: what a run's time is estimated by before it begins."""

import time
from functools import cache

import torch

from trainer.hardware.devices import autocast, choose_precision
from trainer.hardware.parallel import one_thread
from trainer.models.fuse import fuse_for_inference
from trainer.models.network import Network
from trainer.models.transfer import Transfer

_BACKBONE, _SIDE = "efficientnet-lite0", 256
_PHOTOS, _TURNS = 4, 3


@cache
def seconds_a_look() -> float:
    """Return the processor time that EfficientNet-Lite0 takes for a photo of 256 pixels on one thread, in seconds.

    The shortest of several times counts, and only this thread's own time, so that other programs change little. It
    takes half a second, once a process.
    """
    cpu = torch.device("cpu")
    precision = choose_precision("auto", cpu)
    with torch.device("meta"):  # first weights are drawn, and whoever trains meanwhile draws from the same generator
        network: Network = Transfer(backbone=_BACKBONE)
    network.to_empty(device=cpu)
    for tensor in network.state_dict().values():
        tensor.zero_()  # what they are changes no time
    network = fuse_for_inference(network, cpu)
    images = torch.zeros(_PHOTOS, 3, _SIDE, _SIDE).contiguous(memory_format=torch.channels_last)
    times = []
    with one_thread(), torch.inference_mode(), autocast(precision, cpu):
        network.forward_frozen(images)  # oneDNN prepares itself
        for _ in range(_TURNS):
            began = time.thread_time()
            network.forward_frozen(images)
            times.append(time.thread_time() - began)
    return min(times) / _PHOTOS
