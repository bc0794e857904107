// The door to the worker in which the model runs.

const waiting = new Map(); // by number: what to call with the outputs
let last = 0;
let worker = null;

/** Start the worker and load the model. Resolves when it is ready. */
export function begin(settings) {
  const source = document.getElementById("engine").textContent;
  worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  return new Promise((resolve, reject) => {
    worker.addEventListener("error", (event) => reject(new Error(event.message)));
    worker.addEventListener("message", ({ data }) => {
      if (data.kind === "ready") resolve();
      else if (data.kind === "broken") reject(new Error(data.details));
      else settle(data);
    });
    worker.postMessage({ kind: "begin", runtime: packed("runtime"), network: packed("network"), ...settings });
  });
}

function settle({ kind, number, outputs, why }) {
  const { resolve, reject } = waiting.get(number);
  waiting.delete(number);
  if (kind === "error") reject(new Error(why));
  else resolve(outputs);
}

/** Return the model's outputs for a file or an ImageBitmap, with a small picture of it if `shown`. */
export function look(photo, { shown }) {
  last += 1;
  const number = last;
  const found = new Promise((resolve, reject) => waiting.set(number, { resolve, reject }));
  worker.postMessage({ kind: "photo", number, photo, shown }, photo instanceof ImageBitmap ? [photo] : []);
  return found;
}

/** Return what is packed into the page under this name, as base64, and let the page forget it. */
function packed(name) {
  const element = document.getElementById(name);
  element.remove();
  return element.textContent;
}
