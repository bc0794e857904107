// The camera: its picture with the verdict on what it sees, and a photo of it at the press of a button.

import { fillBar, part } from "./cards.js";
import { look } from "./model.js";
import { certainty, reason, title, verdictOf } from "./verdict.js";
import { say } from "./words.js";

const PAUSE = 100; // milliseconds between two looks, so that a phone stays cool
const section = document.getElementById("live");
const video = part(section, "video");
let stream = null;
let facing = "environment"; // away from whoever holds the phone
let announced = "";

/** Prepare the camera's buttons. `keep` is called with each photo that is taken, `tell` with what to announce. */
export function prepareCamera({ keep, tell, failed }) {
  const open = document.getElementById("camera");
  const start = async () => {
    try {
      await show();
    } catch (error) {
      close();
      failed(say(whyNot(error)));
    }
  };
  open.addEventListener("click", async () => {
    if (stream) return close();
    await start();
    if (stream) {
      part(section, "take").focus();
      watch(tell);
    }
  });
  part(section, "close").addEventListener("click", () => {
    close();
    open.focus();
  });
  part(section, "take").addEventListener("click", async () => keep(await createImageBitmap(video)));
  part(section, "turn").addEventListener("click", async () => {
    facing = facing === "environment" ? "user" : "environment";
    stop();
    await start();
  });
}

async function show() {
  if (!navigator.mediaDevices) throw new DOMException("", "InsecureContextError");
  stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing }, audio: false });
  video.srcObject = stream;
  await video.play();
  section.hidden = false;
  document.body.classList.add("has-camera");
  const devices = await navigator.mediaDevices.enumerateDevices();
  part(section, "turn").hidden = devices.filter(({ kind }) => kind === "videoinput").length < 2;
}

function whyNot({ name }) {
  if (name === "NotAllowedError") return "cameraForbidden";
  if (name === "InsecureContextError") return "cameraInsecure";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "cameraMissing" : "cameraBroken";
}

/** Look at what the camera sees, again and again, until it is closed. */
async function watch(tell) {
  while (stream) {
    try {
      const outputs = await look(await createImageBitmap(video), { shown: false });
      if (stream) showVerdict(verdictOf(outputs), tell);
    } catch {
      // Between two cameras there is no picture for a moment.
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

function showVerdict(verdict, tell) {
  section.dataset.kind = verdict.className === null ? "unsure" : verdict.nearest;
  part(section, "title").textContent = title(verdict);
  part(section, "certainty").textContent = verdict.className === null ? "" : certainty(verdict);
  part(section, "reason").textContent = reason(verdict);
  fillBar(part(section, "bar"), verdict);
  if (title(verdict) !== announced) tell(title(verdict)); // numbers that change all the time are nothing to hear
  announced = title(verdict);
}

function stop() {
  stream?.getTracks().forEach((track) => track.stop());
}

function close() {
  stop();
  stream = null;
  announced = "";
  video.srcObject = null;
  section.hidden = true;
  document.body.classList.remove("has-camera");
}
