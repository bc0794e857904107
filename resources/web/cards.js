// The list of photos with their verdicts: one card each.

import { drawHeat } from "./heat.js";
import { certainty, reason, title } from "./verdict.js";
import { classes, percent, say } from "./words.js";

const template = document.getElementById("card");

/** Return a card for a photo that waits for its verdict. */
export function newCard(photo) {
  const card = template.content.firstElementChild.cloneNode(true);
  part(card, "name").textContent = photo.name;
  part(card, "title").textContent = say("waiting");
  return card;
}

/** Show a photo's verdict, or why there is none, on its card. */
export function fill(card, photo) {
  if (photo.thumbnail) {
    part(card, "photo").src = URL.createObjectURL(photo.thumbnail);
    part(card, "photo").hidden = false;
  }
  if (photo.error) {
    card.dataset.kind = "error";
    part(card, "title").textContent = say("unreadable");
    part(card, "reason").textContent = photo.error;
    return;
  }
  const { verdict } = photo;
  card.dataset.kind = verdict.className === null ? "unsure" : verdict.nearest;
  part(card, "title").textContent = title(verdict);
  part(card, "certainty").textContent = verdict.className === null ? "" : certainty(verdict);
  part(card, "reason").textContent = reason(verdict);
  fillBar(part(card, "bar"), verdict);
  if (photo.activation && verdict.nearest !== null) offerHeat(card, photo);
}

/** Show a verdict's two shares as a bar. */
export function fillBar(bar, { shares, nearest }) {
  const words = classes.map((name, index) => `${name} ${percent(shares[index])}`);
  bar.hidden = nearest === null;
  bar.setAttribute("aria-label", words.join(", "));
  const [first, second] = bar.firstElementChild.children;
  first.style.inlineSize = `${100 * shares[0]}%`;
  second.style.inlineSize = `${100 * shares[1]}%`;
}

function offerHeat(card, { activation, verdict }) {
  const button = part(card, "why");
  const canvas = part(card, "heat");
  button.hidden = false;
  button.addEventListener("click", () => {
    const { naturalWidth: width, naturalHeight: height } = part(card, "photo");
    drawHeat(canvas, activation, verdict.nearest ? 1 : -1, { width, height });
    canvas.hidden = !canvas.hidden;
    button.setAttribute("aria-pressed", String(!canvas.hidden));
  });
  canvas.setAttribute("aria-label", say("heat", { name: classes[verdict.nearest] }));
}

/** Return the element of a card, or of the page, that has this part. */
export function part(root, name) {
  return root.querySelector(`[data-part="${name}"]`);
}
