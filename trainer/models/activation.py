"""Where in an image a network finds what speaks for its positive class."""

import torch

from trainer.models.network import Network


def class_activation(network: Network, images: torch.Tensor) -> torch.Tensor:
    """Return for images [N, 3, S, S] what each position adds to the logit, float32 [N, H, W]; below 0 it subtracts.

    Where the features are the means of the last maps and the head is linear, this is the class activation map (Zhou et
    al., "Learning deep features for discriminative localization", 2016): its mean and the head's bias make up the
    logit, so it is exact, and no backward pass is needed. Elsewhere it is Grad-CAM before its ReLU (Selvaraju et al.,
    2017, equations 1 and 2), which agrees with the former up to a factor where both exist. The network is one for
    inference; where its verdict is the mean over an image and its mirror image, so is the map.
    """
    found = _one_view(network, images)
    if network.averages_mirrored:
        found = (found + _one_view(network, images.flip(3)).flip(2)) / 2
    return found


def _one_view(network: Network, images: torch.Tensor) -> torch.Tensor:
    with torch.no_grad():
        maps = network.last_maps(images).float()
    weights = network.map_weights()
    if weights is not None:
        return torch.einsum("nchw,c->nhw", maps, weights.detach().float())
    return torch.einsum("nchw,nc->nhw", maps, _mean_gradients(network, maps))


def _mean_gradients(network: Network, maps: torch.Tensor) -> torch.Tensor:
    """Return how much the logit grows with each map, [N, C], on average over its positions."""
    with torch.enable_grad():
        maps = maps.detach().requires_grad_()
        logits = network.forward_head(network.features_of_maps(maps))
        # Photos do not depend on each other, so the gradient of the sum holds that of each.
        (gradients,) = torch.autograd.grad(logits.sum(), maps)
    return gradients.mean(dim=(2, 3))
