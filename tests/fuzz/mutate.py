"""Ways to damage what was right: bytes, and the values and structure of JSON. All follow from one random generator."""

import copy
import json
from collections.abc import Sequence
from random import Random
from typing import Any

# Where programs go wrong: the edges of what a byte, a size or a length can be.
_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**63 - 1, 2**64 - 1)
_COMMANDS = "\x1b]0;mine\x07\x9b2J\u202e"
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 255, 2**31, -(2**31), 2**63, 2**64, 10**400, 0.5, -0.5, 1e308, -1e308, 5e-324),
    *(
        "",
        " ",
        "0",
        "nan",
        "inf",
        "x" * 5000,
        "\0",
        _COMMANDS,
        "../../../etc/passwd",
        "/dev/zero",
        "C:\\x",
        "{0}",
        "%n",
    ),
    *([], {}, [[]], [None], {"": ""}, [0] * 3, "cat", "dog", "é\u0301", "{name}", "\\", "'", '"'),
)
DEEP = 2000
"""Lists in lists: more than a reader that calls itself can follow."""


def mutated_bytes(data: bytes, random: Random, others: Sequence[bytes] = (), *, within: int | None = None) -> bytes:
    """Return data with one to eight damages, in its first `within` bytes where that is given."""
    found = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 4, 8))):
        _damage(found, random, others, len(found) if within is None else min(within, len(found)))
    return bytes(found)


def _damage(data: bytearray, random: Random, others: Sequence[bytes], end: int) -> None:
    place = random.randrange(end) if end else 0
    match random.randrange(9):
        case 0 if data:
            data[place] ^= 1 << random.randrange(8)
        case 1 if data:
            data[place] = random.randrange(256)
        case 2:
            width = random.choice((1, 2, 4, 8))
            edge = random.choice(_EDGES) & (256**width - 1)
            data[place : place + width] = edge.to_bytes(width, random.choice(("little", "big")))  # type: ignore[arg-type]
        case 3:
            del data[place : place + random.choice((1, 2, 4, 16, 256))]
        case 4:
            data[place:place] = random.randbytes(random.choice((1, 2, 4, 16, 256)))
        case 5:
            part = data[place : place + random.randrange(1, 64)]
            there = random.randrange(end) if end else 0
            data[there:there] = part * random.choice((1, 1, 2, 50))
        case 6 if random.random() < 0.3:
            del data[random.randrange(len(data) + 1) :]
        case 7 if others:
            other = random.choice(others)
            there = random.randrange(len(other)) if other else 0
            data[place : place + 32] = other[there : there + random.randrange(1, 200)]
        case _:
            length = random.randrange(1, 16)
            data[place : place + length] = bytes([random.choice((0, 0xFF, 0x20))]) * length


def mutated_value(value: Any, random: Random) -> Any:
    """Return a JSON value with one to four of its parts replaced, doubled, renamed or taken away."""
    found = copy.deepcopy(value)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        found = _replaced(found, random)
    return found


def _replaced(value: Any, random: Random) -> Any:
    if isinstance(value, dict) and value and random.random() < 0.9:
        key = random.choice(list(value))
        match random.randrange(12):
            case 0:
                del value[key]
            case 1:
                value[str(random.choice(_VALUES))[:50]] = value.pop(key)
            case 2:
                value[key] = value[random.choice(list(value))]
            case _:
                value[key] = _replaced(value[key], random)
        return value
    if isinstance(value, list) and value and random.random() < 0.9:
        place = random.randrange(len(value))
        match random.randrange(10):
            case 0:
                del value[place]
            case 1:
                value.insert(place, copy.deepcopy(value[place]))
            case 2:
                value *= random.choice((0, 2, 50))
            case _:
                value[place] = _replaced(value[place], random)
        return value
    if isinstance(value, float | int) and random.random() < 0.3:
        half = value / 2 if abs(value) < 10**15 else 0.5
        return random.choice((-value, value + 1, value * 1000, half, str(value)))
    return copy.deepcopy(random.choice(_VALUES))


def written(value: Any, random: Random) -> bytes:
    """Return a value as JSON, now and then with what JSON does not allow, or nested deeply."""
    text = json.dumps(value, ensure_ascii=random.random() < 0.5)
    match random.randrange(40):
        case 0:
            text = text.replace("0", random.choice(("NaN", "Infinity", "1e999", "-0", "00", "0x1")), 1)
        case 1:
            text = text.replace("1", "[" * DEEP + "]" * DEEP, 1)
        case 2:
            text = text.replace('"', '"\\ud800', 1)
        case 3:
            text = "\ufeff" + text
        case _:
            pass
    return text.encode("utf-8", "surrogatepass")


def mutated_json(data: bytes, random: Random) -> bytes:
    """Return JSON with other values, or in one of four cases with other bytes."""
    if random.random() < 0.25:
        return mutated_bytes(data, random)
    return written(mutated_value(json.loads(data), random), random)


def mutated_lines(data: bytes, random: Random) -> bytes:
    """Return a log of JSON, a value a line, with a few lines damaged, doubled, taken away or in another order."""
    lines = data.splitlines(keepends=True)
    for _ in range(random.choice((1, 1, 2, 4))):
        place = random.randrange(len(lines))
        match random.randrange(6):
            case 0 if len(lines) > 1:
                del lines[place]
            case 1:
                lines.insert(random.randrange(len(lines) + 1), lines[place])
            case _:
                with_end = random.choice((b"\n", b"\n", b"\n", b"", b"\r\n"))
                lines[place] = _line(lines[place], random) + with_end
    return b"".join(lines)


def _line(line: bytes, random: Random) -> bytes:
    try:
        return mutated_json(line, random)
    except (ValueError, RecursionError):  # it was damaged before
        return mutated_bytes(line, random)
