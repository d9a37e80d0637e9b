// Phone numbers as people type them; what they lead to is known to the server.

const LEAST = 8;
const WRITTEN = /^[\d\s+()./\u2010-\u2015-]+$/;

/** The digits of a text. */
export const digitsOf = (text) => text.replace(/\D/g, "");

/** Whether a text is a whole number, as people write it: `+55 (11) 90000-0002`. */
export function isNumber(text) {
  return WRITTEN.test(text) && digitsOf(text).length >= LEAST;
}

/** The numbers and addresses of a list: commas between them, or spaces where each part is a whole one. */
export function numbersIn(text) {
  return text.split(/[,;\n]+/).flatMap((part) => {
    const words = part.trim().split(/\s+/).filter(Boolean);
    return words.every((word) => isNumber(word) || word.includes("@")) ? words : [part.trim()];
  }).filter(Boolean);
}
