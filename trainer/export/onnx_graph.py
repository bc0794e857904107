"""A model as the graph of an ONNX file: the decoded photo goes in, the verdict comes out."""

from trainer.export.answer import AnswerWriter
from trainer.export.graph import Graph
from trainer.export.onnx_format import Kind, Value
from trainer.storage.model_file import Model

PHOTO, JPEG = "photo", "jpeg"
INPUTS = (Value(PHOTO, Kind.UINT8, ("height", "width", 3)), Value(JPEG, Kind.BOOL))
"""The photo, upright, RGB from 0 to 255, of any size; and whether it comes from a JPEG file."""

_OUTPUTS = {
    "probability": Value("probability", Kind.FLOAT),
    "likeness": Value("likeness", Kind.FLOAT),
    "verdict": Value("verdict", Kind.INT64),
    "nearest": Value("nearest", Kind.INT64),
    "activation": Value("activation", Kind.FLOAT, ("rows", "columns")),
}


def onnx_graph(model: Model, *, int8: bool = False) -> bytes:
    """Return a model's graph in the format of ONNX files. Raises ExportError for a network that it cannot write.

    Its inputs are `INPUTS`. Its outputs: `probability`, calibrated, of the positive class; `likeness` to the training
    photos; `verdict`, 0 or 1 for the classes and from 2 on why there is none (`answer.UNLIKE`, `BOTH`, `EITHER`);
    `nearest`, the likelier class; and where the head is linear `activation` [rows, columns], the heat map of what each
    place adds to the positive class's logit.
    """
    graph = Graph(int8=int8)
    results = AnswerWriter(model).write(graph, PHOTO, JPEG)
    for name, result in results.items():
        graph.give(result, name)
    return graph.encoded(INPUTS, [_OUTPUTS[name] for name in results])
