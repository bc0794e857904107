// The page's sentences, in the one language that it was made in (trainer/export/web_words.py), and its numbers.

const data = JSON.parse(document.getElementById("words").textContent);

/** Of the model: its two classes, and the side of the image that it looks at. */
export const { classes, side } = data;

const whole = new Intl.NumberFormat(data.language, { maximumFractionDigits: 0 });

/** Return a sentence with its {names} filled in. */
export function say(name, values = {}) {
  return data.words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}

export function number(value) {
  return whole.format(value);
}

/** Return a probability in words, which never claims certainty: a network has none. */
export function percent(share) {
  const inWords = (value) => say("percent", { number: whole.format(value) });
  if (share > 0.995) return `> ${inWords(99)}`;
  if (share < 0.005) return `< ${inWords(1)}`;
  return inWords(100 * share);
}

/** Return a class's name with a large first letter, as titles have it. */
export function capital(name) {
  return name.charAt(0).toLocaleUpperCase(data.language) + name.slice(1);
}
