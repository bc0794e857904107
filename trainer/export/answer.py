"""From what the network gives to the verdict, as ONNX operators: temperature, likeness, closer look, limits.

The counterpart of `trainer.inference.predictor`, `closer_look.combine`, `Detector.similarity` and `verdict.verdict`.
"""

from typing import NamedTuple

import numpy as np

from trainer.export import reading
from trainer.export.graph import Graph
from trainer.export.network import NetworkWriter, Outputs
from trainer.export.onnx_format import Kind
from trainer.inference import closer_look
from trainer.inference.verdict import LARGEST_LOGIT, LOGIT_WEIGHT
from trainer.models.detector import LARGEST_SIMILARITY
from trainer.storage.model_file import Model

UNLIKE, BOTH, EITHER = 2, 3, 4
"""Verdicts that are none of the two classes, 0 and 1: why the model is not sure."""


class Seen(NamedTuple):
    """What is known of N photos: names in a graph."""

    logits: str
    """Float32 [N]."""
    embeddings: str
    """Float32 [N, D]."""
    both: str
    """Bool [1]: whether there seem to be both classes in the photo."""


class Numbers(NamedTuple):
    """What the limits look at: names in a graph."""

    probability: str
    """Float64 [N], of the positive class."""
    sure: str
    """Float64 [N], of the likelier class."""
    likeness: str
    """Float32 [N]."""


class AnswerWriter:
    """Writes what a model makes of a photo."""

    def __init__(self, model: Model) -> None:
        self._model, self._limits = model, model.description.limits
        self._network = NetworkWriter(model.network)
        self._size = model.description.preprocessing.image_size

    def write(self, graph: Graph, photo: str, jpeg: str) -> dict[str, str]:
        """Add everything from the photo on; return the names of the results by those of the outputs."""
        pixels = reading.photo_pixels(graph, photo, jpeg, self._size)
        whole = self._outputs(graph, reading.batch(graph, [pixels]))
        seen = Seen(whole.logits, whole.embeddings, graph.constant(np.array([False])))
        if self._limits.closer_look:
            seen = self._looked_closer(graph, seen, photo, jpeg)
        numbers = self._numbers(graph, seen)
        nearest = graph.cast(
            _at_least(graph, numbers.probability, _double(graph, self._model.description.threshold)), Kind.INT64
        )
        found = {
            "probability": graph.cast(numbers.probability, Kind.FLOAT),
            "likeness": numbers.likeness,
            "verdict": self._verdict(graph, numbers, seen.both, nearest),
            "nearest": nearest,
        }
        if whole.activation is not None:
            found["activation"] = whole.activation
        return {name: graph.add("Squeeze", result, graph.constant([0])) for name, result in found.items()}

    def _outputs(self, graph: Graph, pixels: str) -> Outputs:
        return self._network.write(graph, reading.to_images(graph, pixels))

    def _looked_closer(self, graph: Graph, whole: Seen, photo: str, jpeg: str) -> Seen:
        yes, no = graph.branch(), graph.branch()
        enlarged = reading.photo_pixels(yes, photo, jpeg, closer_look.ENLARGED * self._size)
        parts = self._outputs(yes, reading.cut_into_parts(yes, enlarged, self._size))
        combined = self._combined(yes, whole, parts)
        doubtful = graph.add("Squeeze", self._is_doubtful(graph, self._numbers(graph, whole)))
        return Seen(*graph.choose(doubtful, (yes, combined), (no, whole)))

    def _is_doubtful(self, graph: Graph, numbers: Numbers) -> str:
        """Write `closer_look.is_doubtful`: bool [1]."""
        limits = self._limits
        familiar = _at_least(graph, numbers.likeness, graph.constant(limits.familiar))
        open_question = graph.add("And", familiar, graph.add("Less", numbers.sure, _double(graph, limits.closer_look)))
        if limits.detector != "probes":
            return open_question
        distance = graph.add("Abs", graph.add("Sub", numbers.likeness, graph.constant(limits.familiar)))
        return graph.add("Or", graph.add("Less", distance, graph.constant(closer_look.MARGIN)), open_question)

    def _combined(self, graph: Graph, whole: Seen, parts: Outputs) -> Seen:
        """Write `closer_look.combine`."""
        probability = self._probability(graph, parts.logits)
        familiar = _at_least(graph, self._similarity(graph, parts.embeddings), graph.constant(self._limits.familiar))
        other = graph.add("Sub", _double(graph, 1), probability)
        clearly = []
        for sure in (probability, other):
            clear = graph.add("And", _at_least(graph, sure, _double(graph, closer_look.CLEAR)), familiar)
            most = graph.add("ReduceMax", graph.cast(clear, Kind.FLOAT), graph.constant([0]))
            clearly.append(graph.cast(most, Kind.BOOL))
        logits, embeddings = (
            graph.add("Div", graph.add("Add", one, self._mean(graph, others)), graph.constant(2.0))
            for one, others in ((whole.logits, parts.logits), (whole.embeddings, parts.embeddings))
        )
        return Seen(logits, embeddings, graph.add("And", *clearly))

    def _mean(self, graph: Graph, values: str) -> str:
        return graph.add("ReduceMean", values, graph.constant([0]))

    def _numbers(self, graph: Graph, seen: Seen) -> Numbers:
        probability = self._probability(graph, seen.logits)
        sure = graph.add("Max", probability, graph.add("Sub", _double(graph, 1), probability))
        likeness = self._similarity(graph, seen.embeddings)
        if self._limits.detector != "probes":  # `verdict.likeness`
            logit = graph.add("Abs", graph.add("Div", seen.logits, graph.constant(self._model.description.temperature)))
            capped = graph.add("Min", logit, graph.constant(LARGEST_LOGIT))
            likeness = graph.add("Add", likeness, graph.add("Mul", capped, graph.constant(LOGIT_WEIGHT)))
        return Numbers(probability, sure, likeness)

    def _probability(self, graph: Graph, logits: str) -> str:
        temperature = _double(graph, self._model.description.temperature)
        return graph.add("Sigmoid", graph.add("Div", graph.cast(logits, Kind.DOUBLE), temperature))

    def _similarity(self, graph: Graph, embeddings: str) -> str:
        """Write `Detector.similarity`: float32 [N]."""
        detector = self._model.detector
        if not len(detector.directions):
            zeros = graph.add(
                "ReduceSum", graph.add("Mul", embeddings, graph.constant(0.0)), graph.constant([1]), keepdims=0
            )
            return graph.add("Add", zeros, graph.constant(1.0))
        directions = graph.add("Transpose", graph.weight(detector.directions, exact=True), perm=(1, 0))
        if detector.kind == "prototypes":
            length = graph.add("ReduceL2", embeddings, graph.constant([1]))
            points = graph.add("Div", embeddings, graph.add("Max", length, graph.constant(1e-12)))
            return graph.add("ReduceMax", graph.add("MatMul", points, directions), graph.constant([1]), keepdims=0)
        logits = graph.add("Add", graph.add("MatMul", embeddings, directions), graph.weight(detector.offsets))
        largest = graph.add("ReduceMax", logits, graph.constant([1]), keepdims=0)
        limits = (graph.constant(sign * LARGEST_SIMILARITY) for sign in (-1, 1))
        return graph.add("Clip", largest, *limits)

    def _verdict(self, graph: Graph, numbers: Numbers, both: str, nearest: str) -> str:
        """Write `verdict.verdict`: int64 [1]."""
        rules = (  # the later, the stronger
            (graph.add("Less", numbers.sure, _double(graph, self._limits.probability)), EITHER),
            (both, BOTH),
            (graph.add("Less", numbers.likeness, graph.constant(self._limits.likeness)), UNLIKE),
        )
        found = nearest
        for applies, number in rules:
            found = graph.add("Where", applies, graph.constant([number]), found)
        return found


def _at_least(graph: Graph, values: str, limit: str) -> str:
    return graph.add("GreaterOrEqual", values, limit)


def _double(graph: Graph, value: float) -> str:
    return graph.constant(np.array(value, dtype=np.float64))
