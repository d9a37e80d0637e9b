// Whole numbers that JavaScript would round (ids of 2^53 and more), kept as they stand on the wire.
import * as api from "../core/api.js";

// Strings are matched too, so that digits in them are left alone.
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const WHOLE = /^-?\d{16,}$/;
// What such a number begins with while it is a string; nothing on the wire can know it.
const MARK = `number-${window.crypto.getRandomValues(new Uint32Array(4)).join("-")}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, "g");

/** A JSON document whose long whole numbers are marked strings. */
export function parseExact(text) {
  return JSON.parse(text.replace(STRING_OR_NUMBER, (part) => (WHOLE.test(part) && !Number.isSafeInteger(Number(part)) ? `"${MARK}${part}"` : part)));
}

/** The digits behind a marked string, null for any other value. */
export function digitsBehind(value) {
  return typeof value === "string" && value.startsWith(MARK) ? value.slice(MARK.length) : null;
}

/** A document as JSON, its marked strings as the numbers they are. */
export function exactText(value, indent = 0) {
  return JSON.stringify(value, null, indent).replace(MARKED, "$1");
}

/** Whether a record has numbers that were rounded when it was read. */
export function isRounded({ request, response, payload }) {
  return [request?.body, response?.body, payload].some(hasLongNumber);
}

function hasLongNumber(value) {
  if (typeof value === "number") return Number.isInteger(value) && !Number.isSafeInteger(value);
  return value !== null && typeof value === "object" && Object.values(value).some(hasLongNumber);
}

/** The same record, read again without rounding. */
export async function readExactly({ kind, id }) {
  const path = kind === "exchange" ? "exchanges" : "deliveries";
  return { ...parseExact(await api.text(`/${path}/${encodeURIComponent(id)}`)), kind };
}
