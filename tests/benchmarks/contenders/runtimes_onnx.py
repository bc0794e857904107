"""The same backbone in ONNX Runtime, built from what `runtimes.py` wrote, which starts it in an environment of its own.

python runtimes_onnx.py BACKBONE.npz SECONDS
"""

import json
import sys
import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

_BATCH = 8


def build(described: "np.lib.npyio.NpzFile") -> bytes:
    """Return the network as an ONNX file's content."""
    nodes, names = [], iter(range(10_000))
    now, kept = "photos", []
    for one in json.loads(str(described["operations"])):
        after = f"t{next(names)}"
        match one["kind"]:
            case "conv":
                pads = {"pads": one["pads"]} if one["pads"] else {"auto_pad": "SAME_UPPER"}
                inputs = [now, f"{one['name']}.weight", f"{one['name']}.bias"]
                strides = [one["stride"]] * 2
                nodes.append(helper.make_node("Conv", inputs, [after], group=one["groups"], strides=strides, **pads))
            case "relu6":
                nodes.append(helper.make_node("Clip", [now, "zero", "six"], [after]))
            case "keep":
                kept.append(now)
                continue
            case "forget":
                kept.pop()
                continue
            case "add":
                nodes.append(helper.make_node("Add", [now, kept.pop()], [after]))
        now = after
    nodes.append(helper.make_node("GlobalAveragePool", [now], ["features"]))
    numbers = {name: described[name] for name in described.files if name.startswith("conv")}
    numbers |= {"zero": np.float32(0), "six": np.float32(6)}
    graph = helper.make_graph(
        nodes,
        "backbone",
        [helper.make_tensor_value_info("photos", TensorProto.FLOAT, ["N", 3, 224, 224])],
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", 1280, 1, 1])],
        [numpy_helper.from_array(np.asarray(array), name) for name, array in numbers.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def main() -> None:
    """Check the features of one photo, and print photos a second."""
    described = np.load(sys.argv[1])
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(build(described), settings, providers=["CPUExecutionProvider"])
    (features,) = session.run(None, {"photos": described["photo"]})
    if not np.allclose(features.reshape(-1), described["features"].reshape(-1), atol=1e-3):
        sys.exit("ONNX Runtime gives other features than PyTorch.")
    photos = np.random.default_rng(0).random((_BATCH, 3, 224, 224), dtype=np.float32)
    for _ in range(3):
        session.run(None, {"photos": photos})
    done, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < float(sys.argv[2]):
        session.run(None, {"photos": photos})
        done += _BATCH
    print(json.dumps({"photos_per_second": done / elapsed}))


if __name__ == "__main__":
    main()
