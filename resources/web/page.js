// The page: photos come in, verdicts come out.

import { prepareCamera } from "./camera.js";
import { fill, newCard, part } from "./cards.js";
import { filesOf } from "./drop.js";
import { begin, look } from "./model.js";
import { asCsv, spoken, verdictOf } from "./verdict.js";
import { classes, number, say, side } from "./words.js";

const AHEAD = 2; // photos that the worker has at a time: the others can still be taken back
const FEW = 3; // photos whose verdicts are told one by one
const TELL = 1000; // milliseconds between two sentences for screen readers while many photos are looked at
const photos = [];
const results = document.getElementById("results");
const list = part(results, "list");
let next = 0;
let busy = 0;
let told = 0;
const pasted = numbered("pasted");
const shot = numbered("shot");

/** Take photos into the list: {source, name} each, the source a file or an ImageBitmap. The first comes into view. */
function add(added) {
  for (const photo of added) {
    photo.card = newCard(photo);
    photos.push(photo);
    list.append(photo.card);
  }
  results.hidden = !photos.length;
  document.body.classList.toggle("has-photos", photos.length > 0);
  summarise();
  // Below a camera that is open, the photos would push it away from whoever takes them.
  if (!document.body.classList.contains("has-camera")) added[0]?.card.scrollIntoView({ block: "nearest" });
  advance();
}

function advance() {
  while (ready && busy < AHEAD && next < photos.length) {
    const photo = photos[next];
    next += 1;
    busy += 1;
    lookAt(photo).finally(() => {
      busy -= 1;
      advance();
    });
  }
}

async function lookAt(photo) {
  try {
    const { thumbnail, activation, ...outputs } = await look(photo.source, { shown: true });
    Object.assign(photo, { thumbnail, activation, probability: outputs.probability });
    photo.verdict = verdictOf(outputs);
  } catch (error) {
    photo.error = say(error.message);
  }
  photo.source = null; // the browser may forget it
  if (!photo.card.isConnected) return; // taken back meanwhile
  fill(photo.card, photo);
  summarise();
  announce(photo);
}

function summarise() {
  const done = photos.filter(({ verdict, error }) => verdict || error);
  const counts = classes.map((name) => [name, done.filter(({ verdict }) => verdict?.className === name).length]);
  counts.push([say("unsure"), done.filter(({ verdict }) => verdict?.className === null).length]);
  counts.push([say("unreadable"), done.filter(({ error }) => error).length]);
  const words = counts.filter(([, count]) => count).map(([name, count]) => say("count", { name, count: number(count) }));
  const progress = say("progress", { done: number(done.length), total: number(photos.length) });
  const pieces = done.length < photos.length ? [progress, ...words] : words;
  part(results, "summary").replaceChildren(...pieces.flatMap((each, index) => [index ? " · " : "", unbroken(each)]));
  part(results, "save").disabled = done.length < photos.length;
}

/** Return words that are all on one line, if they fit on one. */
function unbroken(words) {
  const span = document.createElement("span");
  span.className = "unbroken";
  span.textContent = words;
  return span;
}

/** Tell screen readers: each verdict while there are few, and from time to time how far it is with many. */
function announce(photo) {
  const rest = photos.length - photos.filter(({ verdict, error }) => verdict || error).length;
  if (photos.length <= FEW) tell(spoken(photo));
  else if (!rest || performance.now() - told > TELL) {
    told = performance.now();
    tell(part(results, "summary").textContent);
  }
}

function tell(words) {
  document.getElementById("told").textContent = words;
}

function complain(words) {
  const notice = document.getElementById("notice");
  notice.textContent = words;
  notice.hidden = !words;
}

function save() {
  const link = document.createElement("a");
  // The mark at the beginning tells spreadsheets that it is Unicode.
  link.href = URL.createObjectURL(new Blob(["\ufeff", asCsv(photos)], { type: "text/csv" }));
  link.download = "verdicts.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function clear() {
  photos.splice(0).forEach(({ card }) => URL.revokeObjectURL(part(card, "photo").src));
  next = 0;
  list.replaceChildren();
  add([]);
  document.getElementById("choose").focus();
}

function listen() {
  const input = document.getElementById("files");
  document.getElementById("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    add([...input.files].map((source) => ({ source, name: source.name })));
    input.value = "";
  });
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.add("dragged");
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) document.body.classList.remove("dragged");
  });
  addEventListener("drop", async (event) => {
    event.preventDefault();
    document.body.classList.remove("dragged");
    add(await filesOf(event.dataTransfer));
  });
  addEventListener("paste", ({ clipboardData }) => add([...clipboardData.files].map(pasted)));
  part(results, "save").addEventListener("click", save);
  part(results, "clear").addEventListener("click", clear);
  prepareCamera({ keep: (bitmap) => add([shot(bitmap)]), tell, failed: complain });
}

/** Number what comes without a name of its own: pasted photos are all called alike. */
function numbered(sentence) {
  let last = 0;
  return (source) => {
    last += 1;
    return { source, name: say(sentence, { number: number(last) }) };
  };
}

let ready = false;
listen();
try {
  await begin({ side });
  ready = true;
  document.getElementById("state").hidden = true;
  document.body.classList.add("ready");
  advance();
} catch (error) {
  console.error(error);
  document.getElementById("state").hidden = true;
  complain(say("tooOld"));
}

// Where a server gave the page, it is kept, so that it opens without a network. A file on a disk needs no such thing.
if (location.protocol !== "file:") navigator.serviceWorker?.register("service-worker.js").catch(() => {});
