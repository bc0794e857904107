// From a file to the pixels that the model takes: upright, red, green and blue, on white. Runs in the worker.

export const TOO_LARGE = 89478485; // pixels: CatDog's own limit
export const LARGEST_SCALE = 8; // at which a JPEG is read smaller
const NO_FRAMES = [0xc4, 0xc8, 0xcc]; // of JPEG's markers from C0 to CF: tables
const BAND = 64; // rows read at a time, so that no canvas is larger than a phone allows
const SIGNATURES = [
  ["jpeg", 0, [0xff, 0xd8, 0xff]],
  ["png", 0, [0x89, 0x50, 0x4e, 0x47]],
  ["gif", 0, [0x47, 0x49, 0x46, 0x38]],
  ["webp", 8, [0x57, 0x45, 0x42, 0x50]],
  ["bmp", 0, [0x42, 0x4d]],
  ["heif", 4, [0x66, 0x74, 0x79, 0x70]], // AVIF too
  ["tiff", 0, [0x49, 0x49, 0x2a, 0x00]],
  ["tiff", 0, [0x4d, 0x4d, 0x00, 0x2a]],
];

/** What is wrong with a photo: its message is a key of the page's sentences. */
export class PhotoError extends Error {}

/** Return {bitmap, format} of a file. Throws PhotoError. */
export async function decoded(file) {
  const bytes = new Uint8Array(await readable(file));
  const format = formatOf(bytes);
  // Before it is decoded, which may take all the memory there is.
  if (pixelsByHeader(bytes, format) > TOO_LARGE) throw new PhotoError("tooLarge");
  try {
    // As CatDog: turned as the camera says, colours as they are written, whatever profile comes with them.
    const how = { imageOrientation: "from-image", colorSpaceConversion: "none", premultiplyAlpha: "none" };
    const bitmap = await createImageBitmap(new Blob([bytes]), how);
    if (bitmap.width * bitmap.height > TOO_LARGE) throw new PhotoError("tooLarge");
    return { bitmap, format };
  } catch (error) {
    if (error instanceof PhotoError) throw error;
    throw new PhotoError(format === "heif" || format === "tiff" ? "otherFormat" : "damaged");
  }
}

async function readable(file) {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new PhotoError("unreadableFile");
  }
}

/** Return the name of the format that some bytes begin with. Throws PhotoError for no photo, or half of one. */
export function formatOf(bytes) {
  if (!bytes.length) throw new PhotoError("empty");
  const found = SIGNATURES.find(([, at, sign]) => sign.every((byte, place) => bytes[at + place] === byte));
  if (!found) throw new PhotoError("noPhoto");
  // Browsers show what there is of a photo that was cut off, and a verdict on that would be worth nothing.
  if (found[0] === "jpeg" && !jpegEnds(bytes)) throw new PhotoError("cutOff");
  if (found[0] === "png" && !pngEnds(bytes)) throw new PhotoError("cutOff");
  return found[0];
}

/** Return how many pixels a photo has by its header; 0 for formats whose header is not read here. */
function pixelsByHeader(bytes, format) {
  const header = new DataView(bytes.buffer);
  if (format === "png" && bytes.length >= 24) return header.getUint32(16) * header.getUint32(20);
  if (format === "gif" && bytes.length >= 10) return header.getUint16(6, true) * header.getUint16(8, true);
  if (format === "bmp" && bytes.length >= 26) return Math.abs(header.getInt32(18, true) * header.getInt32(22, true));
  if (format !== "jpeg") return 0;
  const frame = [...jpegSegments(bytes)].find(({ kind }) => kind >= 0xc0 && kind <= 0xcf && !NO_FRAMES.includes(kind));
  return frame && frame.at + 9 <= bytes.length ? header.getUint16(frame.at + 5) * header.getUint16(frame.at + 7) : 0;
}

/** Yield {kind, at} of a JPEG file's segments up to the coded data: the marker's second byte, and where the marker is. */
function* jpegSegments(bytes) {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const kind = bytes[at + 1];
    if (kind !== 0xff) yield { kind, at };
    if (kind === 0xda) return;
    at += kind === 0xff ? 1 : 2 + 256 * bytes[at + 2] + bytes[at + 3];
  }
}

/** Whether a JPEG file has its end marker: within coded data FF D9 is nothing else. */
function jpegEnds(bytes) {
  const coded = [...jpegSegments(bytes)].at(-1)?.at ?? 2;
  for (let last = bytes.length - 1; last > coded; last -= 1) {
    if (bytes[last] === 0xd9 && bytes[last - 1] === 0xff) return true;
  }
  return false;
}

function pngEnds(bytes) {
  const end = [0x49, 0x45, 0x4e, 0x44]; // IEND
  for (let at = bytes.length - 8; at > 8; at -= 1) {
    if (end.every((byte, place) => bytes[at + place] === byte)) return true;
  }
  return false;
}

/**
 * Return {data, width, height}: the pixels, three bytes each, of a bitmap at 1/scale of its size.
 *
 * A JPEG is read by CatDog at the smallest of the scales 1/8, 1/4, 1/2 and 1 that is large enough (`scaleFor`), which
 * libjpeg does by averages over squares. So does this.
 */
export function pixels(bitmap, scale) {
  const width = Math.ceil(bitmap.width / scale);
  const height = Math.ceil(bitmap.height / scale);
  const data = new Uint8Array(3 * width * height);
  const canvas = new OffscreenCanvas(bitmap.width, Math.min(BAND, bitmap.height));
  const context = canvas.getContext("2d", { willReadFrequently: true, colorSpace: "srgb" });
  context.fillStyle = "white";
  for (let top = 0; top < bitmap.height; top += BAND) {
    const rows = Math.min(BAND, bitmap.height - top);
    context.fillRect(0, 0, canvas.width, rows);
    context.drawImage(bitmap, 0, -top);
    average(context.getImageData(0, 0, canvas.width, rows), scale, data.subarray((3 * width * top) / scale), width);
  }
  return { data, width, height };
}

/** Write into `target` the mean of each square of `scale` by `scale` pixels of an ImageData; less at its edges. */
function average(image, scale, target, width) {
  const { data, width: across, height: down } = image;
  for (let top = 0, row = 0; top < down; top += scale, row += 1) {
    const bottom = Math.min(top + scale, down);
    for (let left = 0, column = 0; left < across; left += scale, column += 1) {
      const right = Math.min(left + scale, across);
      let red = 0, green = 0, blue = 0;
      for (let y = top; y < bottom; y += 1) {
        for (let x = left; x < right; x += 1) {
          const at = 4 * (y * across + x);
          red += data[at];
          green += data[at + 1];
          blue += data[at + 2];
        }
      }
      const count = (bottom - top) * (right - left);
      const to = 3 * (row * width + column);
      target[to] = (red + count / 2) / count;
      target[to + 1] = (green + count / 2) / count;
      target[to + 2] = (blue + count / 2) / count;
    }
  }
}

/** Return by how much CatDog reads a JPEG of this size smaller, where it needs `side` by `side` pixels. */
export function scaleFor(width, height, side) {
  const most = Math.min(Math.floor(width / side), Math.floor(height / side));
  return [LARGEST_SCALE, 4, 2].find((scale) => scale <= most) ?? 1;
}

/** Return a small JPEG file of a bitmap, to be shown. */
export async function thumbnail(bitmap, longest = 720) {
  const factor = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * factor)));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 });
}
