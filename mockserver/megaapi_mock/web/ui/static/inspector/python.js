// Values as Python writes them.
import { digitsBehind } from "./exact.js";

const WORDS = new Map([[true, "True"], [false, "False"], [null, "None"]]);

/** A value as a Python literal. */
export function python(value) {
  if (WORDS.has(value)) return WORDS.get(value);
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value !== "object") return digitsBehind(value) ?? JSON.stringify(value);
  return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${python(one)}`).join(", ")}}`;
}
