// The heat map: what speaks for the class that a verdict names, as CatDog draws it (trainer/inference/explain.py).

const STOPS = [[40, 11, 84], [120, 28, 109], [188, 55, 84], [237, 105, 37], [252, 200, 60]]; // of inferno
const OPACITY = 0.6;
const SIDE = 128; // pixels that are computed: the map has fewer, and the canvas smooths between them
const A = -0.75; // of the bicubic kernel, as torch has it

/** Return the heat, 0 to 1, in `side` by `side` places: a Float32Array. All 0 where nothing speaks for the class. */
export function heat({ rows, columns, values }, sign, side) {
  const across = weights(columns, side);
  const down = weights(rows, side);
  const found = new Float32Array(side * side);
  let most = 0;
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      let sum = 0;
      for (const [row, share] of down[y]) {
        for (const [column, part] of across[x]) sum += share * part * values[row * columns + column];
      }
      found[y * side + x] = Math.max(0, sign * sum);
      most = Math.max(most, found[y * side + x]);
    }
  }
  return most ? found.map((value) => value / most) : found;
}

/** Return for each of `side` places the [place, weight] of the four of `count` that it is made of. */
function weights(count, side) {
  return Array.from({ length: side }, (_, place) => {
    const at = ((place + 0.5) * count) / side - 0.5;
    const first = Math.floor(at);
    return [-1, 0, 1, 2].map((step) => [Math.min(Math.max(first + step, 0), count - 1), cubic(at - first - step)]);
  });
}

function cubic(distance) {
  const x = Math.abs(distance);
  return x <= 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : x < 2 ? ((A * x - 5 * A) * x + 8 * A) * x - 4 * A : 0;
}

/** Draw the heat of an activation over a canvas of a photo's `width` by `height`, in its proportions. */
export function drawHeat(canvas, activation, sign, { width, height }) {
  const map = new OffscreenCanvas(SIDE, SIDE);
  const image = new ImageData(SIDE, SIDE);
  heat(activation, sign, SIDE).forEach((value, place) => {
    const at = value * (STOPS.length - 1);
    const low = Math.min(Math.floor(at), STOPS.length - 2);
    const colour = STOPS[low].map((start, channel) => start + (at - low) * (STOPS[low + 1][channel] - start));
    image.data.set([...colour.map(Math.round), Math.round(255 * OPACITY * value)], 4 * place);
  });
  map.getContext("2d").putImageData(image, 0, 0);
  Object.assign(canvas, { width, height });
  canvas.getContext("2d").drawImage(map, 0, 0, width, height);
}
