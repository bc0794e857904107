"""Models for other programs: ONNX files that hold everything after the decoding of a photo, with proof."""
