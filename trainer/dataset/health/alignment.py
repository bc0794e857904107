"""Lay one photo upon another, and say how well they agree: what tells a copy from another photo of the same kind.

Two cats on a sofa have the same blurred light and dark places, but not the same edges. So photos are compared by their
edges, and for that one is first moved, scaled and sheared until it fits the other: Lucas and Kanade's iteration with an
affine warp (Baker and Matthews, Lucas-Kanade 20 Years On, 2004).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.dataset.health.thumbs import Thumbs

Floats = NDArray[np.float32]

_STEPS = 6
# No corner moves by more than this part of half a side: beyond it lies no crop, but another photo.
_REACH = 0.35
# Keeps the steps small where a photo has no edges.
_DAMPING = 50.0
# Grey levels: two flat photos do not agree because their noise does.
_NOISE = 1.5
_BINOMIAL = np.array([1, 4, 6, 4, 1], dtype=np.float32) / 16
_GAIN = (0.5, 2.0)
"""Of the colours, where one photo is brighter than the other."""


class Agreement(NamedTuple):
    """How well P photos agree with P others once they are laid upon them. Each float32 [P]."""

    details: Floats
    """Correlation of what remains without the low frequencies, from -1 to 1."""
    rest: Floats
    """What remains of the grey levels once those of the other are taken away: of standard deviations, from 0 to 1."""
    colours: Floats
    """Root of the mean square by which the colours differ, in levels of Cb and Cr together."""
    covered: Floats
    """How much of the one lies upon the other, from 0 to 1."""


def crop_warp(left: float, top: float, part: float) -> Floats:
    """Return the warp, float32 [6], of a photo that is a part of another: its place and size as fractions."""
    return np.array([2 * left + part - 1, part - 1, 0, 2 * top + part - 1, 0, part - 1], dtype=np.float32)


def agreement(wholes: Thumbs, parts: Thumbs, warps: Floats, *, steps: int = _STEPS) -> Agreement:
    """Return how well P photos agree with P others.

    `warps` [P, 6] are where to begin: pixel (u, v) of a part, from -1 to 1, lies at (u + w0 + w1 u + w2 v, v + w3 + w4
    u + w5 v) in its whole. With fewer `steps` it is quicker, and photos agree less than they might.
    """
    warps = _fit(wholes.grey, parts.grey, warps, steps)
    places = _places(wholes.grey.shape[-1], warps)
    laid = _sample(wholes.grey, places)
    details = _details(laid.reshape(parts.grey.shape)), _details(parts.grey)
    return Agreement(
        _correlation(_flat(details[0]), _flat(details[1]), places.inside),
        _rest(laid, _flat(parts.grey), places.inside),
        colour_distance(wholes.chroma, parts.chroma, warps),
        places.inside.mean(axis=1),
    )


class _Places(NamedTuple):
    """Where the pixels of P photos lie in P others. Each float32 [P, S * S]."""

    x: Floats
    y: Floats
    inside: Floats
    """1, or 0 beyond the edges."""


def _grid(side: int) -> tuple[Floats, Floats]:
    """Return u and v of the pixels of a square photo, [S * S], from -1 to 1."""
    line = np.linspace(-1, 1, side, dtype=np.float32)
    v, u = np.meshgrid(line, line, indexing="ij")
    return u.ravel(), v.ravel()


def _places(side: int, warps: Floats) -> _Places:
    u, v = _grid(side)
    w, half = warps[:, :, None], np.float32((side - 1) / 2)
    x = (u + w[:, 0] + w[:, 1] * u + w[:, 2] * v + 1) * half
    y = (v + w[:, 3] + w[:, 4] * u + w[:, 5] * v + 1) * half
    inside = (x >= -0.5) & (x <= side - 0.5) & (y >= -0.5) & (y <= side - 0.5)
    return _Places(x, y, inside.astype(np.float32))


def _fit(wholes: Floats, parts: Floats, warps: Floats, steps: int) -> Floats:
    """Return the warps [P, 6] that lay parts [P, S, S] upon wholes as well as it gets."""
    side = wholes.shape[-1]
    u, v = _grid(side)
    slopes = np.gradient(wholes, axis=2), np.gradient(wholes, axis=1)
    half = np.float32((side - 1) / 2)
    for _ in range(steps):
        places = _places(side, warps)
        laid = _centred(_sample(wholes, places), places.inside)
        across, down = (_sample(each, places) * half for each in slopes)
        jacobian = np.stack([across, across * u, across * v, down, down * u, down * v], axis=2)
        step = _step(_centred(_flat(parts), places.inside), laid, jacobian, places.inside)
        warps = np.clip(warps + step, -_REACH, _REACH).astype(np.float32)
    return warps


def _step(parts: Floats, laid: Floats, jacobian: Floats, inside: Floats) -> Floats:
    """Return the change of the warps, [P, 6], that brings the photos nearer, whatever their brightness and contrast."""
    gain = _gain(laid, parts)
    jacobian = jacobian * (gain * inside)[:, :, None]
    transposed = jacobian.transpose(0, 2, 1)
    hessian = transposed @ jacobian + np.eye(6, dtype=np.float32) * _DAMPING
    change: Floats = np.linalg.solve(hessian, transposed @ (parts - gain * laid)[:, :, None])[:, :, 0]
    return change


def _sample(photos: Floats, places: _Places) -> Floats:
    """Return the pixels [P, S * S] of photos [P, S, S] at places, between four neighbours; the edge goes on."""
    side = photos.shape[-1]
    x, y = np.clip(places.x, 0, side - 1.001), np.clip(places.y, 0, side - 1.001)
    column, row = x.astype(np.int64), y.astype(np.int64)
    right, low = x - column, y - row
    first, flat = row * side + column, _flat(photos)
    upper, upper_right, lower, lower_right = (
        np.take_along_axis(flat, first + shift, axis=1) for shift in (0, 1, side, side + 1)
    )
    above, below = upper + (upper_right - upper) * right, lower + (lower_right - lower) * right
    sampled: Floats = (above + (below - above) * low).astype(np.float32)
    return sampled


def _details(photos: Floats) -> Floats:
    """Return the photos [P, S, S] without their low frequencies."""
    side = photos.shape[-1]
    wide = np.pad(photos, ((0, 0), (2, 2), (2, 2)), mode="edge")
    rows, blurred = np.zeros_like(wide[:, :side]), np.zeros_like(photos)
    for shift, weight in enumerate(_BINOMIAL):
        rows += weight * wide[:, shift : shift + side]
    for shift, weight in enumerate(_BINOMIAL):
        blurred += weight * rows[:, :, shift : shift + side]
    return photos - blurred


def _flat(photos: Floats) -> Floats:
    return photos.reshape(len(photos), photos.shape[1] * photos.shape[2])


def _centred(values: Floats, inside: Floats) -> Floats:
    """Return the values [P, N] less their mean, and 0 outside."""
    mean = (values * inside).sum(1, keepdims=True) / (inside.sum(1, keepdims=True) + 1e-6)
    centred: Floats = (values - mean) * inside
    return centred


def _gain(one: Floats, other: Floats) -> Floats:
    """Return the factor, [P, 1], that brings values [P, N] nearest to others."""
    gain: Floats = (one * other).sum(1, keepdims=True) / ((one * one).sum(1, keepdims=True) + 1e-3)
    return gain


def _correlation(one: Floats, other: Floats, inside: Floats) -> Floats:
    one, other = _centred(one, inside), _centred(other, inside)
    noise = _NOISE**2 * inside.sum(1)
    size = np.sqrt(((one * one).sum(1) + noise) * ((other * other).sum(1) + noise))
    correlation: Floats = (one * other).sum(1) / (size + 1e-6)
    return correlation


def _rest(laid: Floats, parts: Floats, inside: Floats) -> Floats:
    laid, parts = _centred(laid, inside), _centred(parts, inside)
    left = parts - _gain(laid, parts) * laid
    rest: Floats = np.sqrt((left * left).sum(1) / ((parts * parts).sum(1) + _NOISE**2 * inside.sum(1) + 1e-6))
    return rest


def colour_distance(wholes: Floats, parts: Floats, warps: Floats) -> Floats:
    """Return how much colours [P, 2, S, S], 0 where there is none, differ where photos are laid: as in `Agreement`."""
    places = _places(wholes.shape[-1], warps)
    laid = np.concatenate([_sample(wholes[:, each], places) * places.inside for each in (0, 1)], axis=1)
    others = np.concatenate([_flat(parts[:, each]) * places.inside for each in (0, 1)], axis=1)
    left = np.clip(_gain(laid, others), *_GAIN) * laid - others
    distance: Floats = np.sqrt((left * left).sum(1) / (places.inside.sum(1) + 1e-6))
    return distance
