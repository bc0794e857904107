"""ONNX files as bytes: the few messages of its format that CatDog writes, and as much reading as checking one takes.

The format is Protocol Buffers' (https://protobuf.dev/programming-guides/encoding); the numbers of the fields are those
of onnx.proto3 (https://github.com/onnx/onnx). The library `onnx` would take 30 MB of the installed program for what is
done here; it checks these files in the tests.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

OPSET = 18
"""The version of the operators: the first whose Resize knows antialiasing."""
_IR_VERSION = 8
_PRODUCER = "CatDog"


class Kind(IntEnum):
    """Types of numbers, as TensorProto.DataType counts them."""

    FLOAT = 1
    UINT8 = 2
    INT8 = 3
    INT32 = 6
    INT64 = 7
    BOOL = 9
    FLOAT16 = 10
    DOUBLE = 11


_KINDS = {
    np.dtype(np.float32): Kind.FLOAT,
    np.dtype(np.uint8): Kind.UINT8,
    np.dtype(np.int8): Kind.INT8,
    np.dtype(np.int32): Kind.INT32,
    np.dtype(np.int64): Kind.INT64,
    np.dtype(np.bool_): Kind.BOOL,
    np.dtype(np.float16): Kind.FLOAT16,
    np.dtype(np.float64): Kind.DOUBLE,
}
Attribute = int | float | str | Sequence[int] | bytes
"""Of a node; bytes are a graph."""


class Value(NamedTuple):
    """An input or output of a graph."""

    name: str
    kind: Kind | None = None
    """None where it follows from what computes it, as in a branch."""
    shape: Sequence[int | str] | None = ()
    """A name stands for any number; None for any shape."""


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], attributes: Mapping[str, Attribute]) -> bytes:
    """Return a NodeProto."""
    said = b"".join(_message(5, _attribute(name, value)) for name, value in attributes.items())
    return b"".join([*(_text(1, name) for name in inputs), *(_text(2, name) for name in outputs)]) + (
        _text(4, operator) + said
    )


def tensor(name: str, array: np.ndarray) -> bytes:
    """Return a TensorProto. Raises KeyError for a type of numbers that is not written."""
    dimensions = b"".join(_integer(1, size) for size in array.shape)
    numbers = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return dimensions + _integer(2, _KINDS[array.dtype]) + _text(8, name) + _message(9, numbers)


def graph(
    name: str, nodes: Sequence[bytes], tensors: Sequence[bytes], inputs: Sequence[Value], outputs: Sequence[Value]
) -> bytes:
    """Return a GraphProto of such nodes and tensors."""
    parts = [
        *(_message(1, each) for each in nodes),
        _text(2, name),
        *(_message(5, each) for each in tensors),
        *(_message(11, _value(each)) for each in inputs),
        *(_message(12, _value(each)) for each in outputs),
    ]
    return b"".join(parts)


def model(graph_bytes: bytes, *, version: str, metadata: Mapping[str, str]) -> bytes:
    """Return a ModelProto, which is a whole file. `version` is CatDog's."""
    entries = (_message(14, _text(1, key) + _text(2, value)) for key, value in metadata.items())
    head = _integer(1, _IR_VERSION) + _text(2, _PRODUCER) + _text(3, version)
    return head + _message(7, graph_bytes) + _message(8, _integer(2, OPSET)) + b"".join(entries)


class Parts(NamedTuple):
    """What is read of a file."""

    graph: memoryview
    metadata: dict[str, str]


def read_parts(file: bytes) -> Parts:
    """Return a file's graph as it is and its metadata. Raises ValueError where the file is no ModelProto."""
    found: memoryview | None = None
    metadata: dict[str, str] = {}
    for number, value in _fields(memoryview(file)):
        if number == 7 and isinstance(value, memoryview):
            found = value
        elif number == 14 and isinstance(value, memoryview):
            entry = {key: bytes(part).decode() for key, part in _fields(value) if isinstance(part, memoryview)}
            metadata[entry.get(1, "")] = entry.get(2, "")
    if found is None:
        raise ValueError("There is no graph in it.")
    return Parts(found, metadata)


def _attribute(name: str, value: Attribute) -> bytes:
    head = _text(1, name)
    match value:
        case bool() | int():
            return head + _integer(3, int(value)) + _integer(20, 2)
        case float():
            return head + _key(2, 5) + struct.pack("<f", value) + _integer(20, 1)
        case str():
            return head + _text(4, value) + _integer(20, 3)
        case bytes():
            return head + _message(6, value) + _integer(20, 5)
        case _:
            return head + b"".join(_integer(8, number) for number in value) + _integer(20, 7)


def _value(value: Value) -> bytes:
    if value.kind is None:
        return _text(1, value.name)
    said = _integer(1, value.kind)
    if value.shape is not None:
        sizes = (_text(2, size) if isinstance(size, str) else _integer(1, size) for size in value.shape)
        said += _message(2, b"".join(_message(1, size) for size in sizes))
    return _text(1, value.name) + _message(2, _message(1, said))


def _key(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _integer(number: int, value: int) -> bytes:
    return _key(number, 0) + _varint(value)


def _text(number: int, value: str) -> bytes:
    return _message(number, value.encode())


def _message(number: int, content: bytes) -> bytes:
    return _key(number, 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    value &= 0xFFFF_FFFF_FFFF_FFFF  # negative numbers are written in two's complement
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Yield the fields of a message: their number, and their bytes or integer. Raises ValueError."""
    position = 0
    while position < len(data):
        key, position = _read_varint(data, position)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, position = _read_varint(data, position)
            yield number, value
            continue
        if wire == 2:
            length, position = _read_varint(data, position)
        elif wire in (1, 5):
            length = 8 if wire == 1 else 4
        else:
            raise ValueError("A field of a kind that the format does not know.")
        if position + length > len(data):
            raise ValueError("It is cut off.")
        yield number, data[position : position + length]
        position += length


def _read_varint(data: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for place in range(10):
        if position + place >= len(data):
            break
        value |= (data[position + place] & 0x7F) << 7 * place
        if not data[position + place] & 0x80:
            return value, position + place + 1
    raise ValueError("It is cut off.")
