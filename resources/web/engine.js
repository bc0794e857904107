// The model, in a worker of its own, so that the page never waits. The page sends photos, and gets their outputs.

import { LARGEST_SCALE, PhotoError, decoded, pixels, scaleFor, thumbnail } from "./decode.js";

let session = null;
let settings = null;
let line = Promise.resolve(); // one photo at a time, in the order in which they came

/** Load ONNX Runtime and the model. `runtime` and `network` are packed by gzip, and written in base64. */
async function begin({ runtime, network, ...others }) {
  settings = others;
  ort.env.logLevel = "error";
  ort.env.wasm.numThreads = 1; // more would take headers that no file on a disk has
  ort.env.wasm.wasmBinary = await unpacked(runtime);
  session = await ort.InferenceSession.create(new Uint8Array(await unpacked(network)), { executionProviders: ["wasm"] });
}

function unpacked(base64) {
  const packed = new Blob([Uint8Array.fromBase64 ? Uint8Array.fromBase64(base64) : bytesOf(atob(base64))]);
  return new Response(packed.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/** Return bytes that are written as signs, in browsers before 2025. */
function bytesOf(signs) {
  const bytes = new Uint8Array(signs.length);
  for (let place = 0; place < bytes.length; place += 1) bytes[place] = signs.charCodeAt(place);
  return bytes;
}

/** Return what the model says of a file, or of an ImageBitmap from the camera. */
async function look({ photo, shown }) {
  const { bitmap, format } = photo instanceof ImageBitmap ? { bitmap: photo, format: "camera" } : await decoded(photo);
  try {
    return { ...(await run(bitmap, format)), thumbnail: shown ? await thumbnail(bitmap) : null };
  } finally {
    bitmap.close();
  }
}

async function run(bitmap, format) {
  // The model itself reads a JPEG at the scale at which CatDog does, and looks closer at twice that. What both have in
  // common is done here, where it takes a small part of the memory.
  const scale = format === "jpeg" ? scaleFor(bitmap.width, bitmap.height, 2 * settings.side) : 1;
  const read = pixels(bitmap, scale);
  const found = await session.run({
    photo: new ort.Tensor("uint8", read.data, [read.height, read.width, 3]),
    jpeg: new ort.Tensor("bool", [format === "jpeg" && scale < LARGEST_SCALE], []),
  });
  const outputs = {};
  for (const name of ["probability", "verdict", "nearest"]) outputs[name] = Number(found[name].data[0]);
  if (found.activation) {
    const [rows, columns] = found.activation.dims;
    outputs.activation = { rows, columns, values: Float32Array.from(found.activation.data) };
  }
  Object.values(found).forEach((tensor) => tensor.dispose());
  return outputs;
}

async function answer({ data: { kind, number, ...what } }) {
  try {
    if (kind === "begin") {
      await begin(what);
      postMessage({ kind: "ready" });
    } else {
      postMessage({ kind: "outputs", number, outputs: await look(what) });
    }
  } catch (error) {
    // Whatever else goes wrong on the way is a want of memory: a photo is too large for this device.
    const why = error instanceof PhotoError ? error.message : "tooLargeHere";
    postMessage({ kind: kind === "begin" ? "broken" : "error", number, why, details: String(error) });
  }
}

addEventListener("message", (event) => {
  line = line.then(() => answer(event));
});
