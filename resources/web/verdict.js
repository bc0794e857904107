// From the model's outputs to a verdict, and the table of all of them.

import { capital, classes, percent, say } from "./words.js";

const REASONS = [null, null, "unlike", "both", "either"]; // by the model's number for a verdict
const FORMULA = /^[=+\-@\t\r\n]/; // what a spreadsheet would take a cell for that begins so

/** Return what the page shows: `className` (null for not sure), `nearest` (null for neither), `reason`, shares. */
export function verdictOf({ probability, verdict, nearest }) {
  const reason = REASONS[verdict];
  return {
    className: reason ? null : classes[verdict],
    reason: reason ? say(reason) : "",
    nearest: reason === "unlike" ? null : Number(nearest),
    shares: [1 - probability, probability],
  };
}

/** Return a verdict in a word or two, such as "Cat" and "Not sure". */
export function title(verdict) {
  return verdict.className === null ? say("unsure") : capital(verdict.className);
}

/** Return how probable the class is that a verdict names or is nearest to; empty where it is neither. */
export function certainty({ nearest, shares }) {
  return nearest === null ? "" : percent(shares[nearest]);
}

/** Return why there is no verdict, with the class that is nearest where there is one; empty for a verdict. */
export function reason(verdict) {
  if (!verdict.reason || verdict.nearest === null) return verdict.reason;
  return `${verdict.reason} ${say("nearest", { nearest: `${classes[verdict.nearest]} ${certainty(verdict)}` })}`;
}

/** Return a photo's verdict as one sentence, for screen readers. */
export function spoken({ name, verdict, error }) {
  const words = error ?? (verdict.reason ? `${title(verdict)}. ${reason(verdict)}` : `${title(verdict)}, ${certainty(verdict)}`);
  return say("spoken", { name, words });
}

/** Return the table of verdicts as CSV, with the columns that CatDog's own has. */
export function asCsv(photos) {
  const heading = ["path", "class", "probability", ...classes.map((name) => `probability_${name}`)];
  const rows = photos.map(({ name, verdict, probability, error }) => {
    const path = FORMULA.test(name) ? `./${name}` : name;
    if (!verdict) return [path, "", "", "", "", "", "", error];
    const near = verdict.className === null && verdict.nearest !== null ? classes[verdict.nearest] : "";
    return [path, verdict.className ?? "", probability, ...verdict.shares, near, verdict.reason, ""];
  });
  return [[...heading, "nearest_class", "reason", "error"], ...rows].map((row) => `${row.map(cell).join(",")}\n`).join("");
}

function cell(value) {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
