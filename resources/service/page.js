"use strict";

const part = (id) => document.getElementById(id);
// Photos in one request: few, so that verdicts appear as they come.
const AT_ONCE = 4;
const SHOWN = 200;

part("address").textContent = new URL(".", location.href).href;
// A browser that was sent elsewhere by a dropped file would lose the page.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
addEventListener("dragover", () => document.body.classList.add("over"));
addEventListener("dragleave", () => document.body.classList.remove("over"));
addEventListener("drop", (event) => {
  document.body.classList.remove("over");
  look(event.dataTransfer.files);
});
addEventListener("paste", (event) => look(event.clipboardData.files));
part("files").addEventListener("change", (event) => {
  look([...event.target.files]);
  event.target.value = "";
});
part("form").addEventListener("submit", (event) => event.preventDefault());

function say(sentence, bad = false) {
  part("said").textContent = sentence;
  part("said").className = bad ? "bad" : "";
}

function authorization() {
  const token = part("token").value.trim();
  return token ? { Authorization: `Bearer ${token}` } : {};
}

async function look(files) {
  const photos = [...files];
  for (let done = 0; done < photos.length; done += AT_ONCE) {
    say(`Looking at photo ${done + 1} of ${photos.length}…`);
    try {
      await ask(photos.slice(done, done + AT_ONCE));
    } catch (error) {
      say(error.message, true);
      return;
    }
  }
  if (photos.length) say(photos.length === 1 ? "1 photo is done." : `${photos.length} photos are done.`);
}

async function ask(photos) {
  const form = new FormData();
  for (const photo of photos) form.append("photo", photo, photo.name);
  let answer;
  try {
    answer = await fetch("predict", { method: "POST", body: form, headers: authorization() });
  } catch {
    throw new Error("The service does not answer. Is it still running?");
  }
  const said = await answer.json();
  if (answer.status === 401) {
    part("token-row").hidden = false;
    part("token").focus();
    throw new Error("This service asks for its token. Enter it and choose the photos again.");
  }
  if (!answer.ok) throw new Error(said.detail);
  said.forEach((verdict, index) => show(photos[index], verdict));
}

function show(photo, verdict) {
  const row = document.createElement("li");
  const image = document.createElement("img");
  image.alt = "";
  image.src = URL.createObjectURL(photo);
  image.onload = () => URL.revokeObjectURL(image.src);
  image.onerror = () => image.removeAttribute("src");  // no photo, or a format that this browser does not show
  const words = document.createElement("div");
  words.append(made("strong", title(verdict)));
  if (verdict.class || verdict.nearest_class) words.append(bar(verdict.probabilities));
  if (verdict.reason || verdict.error) words.append(made("div", verdict.reason || verdict.error));
  words.append(made("div", photo.name, "name"));
  row.append(image, words);
  part("verdicts").prepend(row);
  while (part("verdicts").childElementCount > SHOWN) part("verdicts").lastElementChild.remove();
}

function title(verdict) {
  if (verdict.error) return "No verdict";
  if (!verdict.class) return verdict.nearest_class ? `Not sure (nearest: ${verdict.nearest_class})` : "Not sure";
  return `${verdict.class}, ${percent(verdict.probabilities[verdict.class])}`;
}

function bar(probabilities) {
  const [first, second] = Object.keys(probabilities);
  const element = document.createElement("progress");
  element.max = 1;
  element.value = probabilities[first];
  element.setAttribute("aria-label",
    `${first} ${percent(probabilities[first])}, ${second} ${percent(probabilities[second])}`);
  return element;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function made(kind, words, style = "") {
  const element = document.createElement(kind);
  element.textContent = words;
  element.className = style;
  return element;
}
