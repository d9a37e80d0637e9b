// Times of the mock's clock as people read them.
import { locale } from "./i18n.js";

const formats = new Map();

function format(name, options) {
  const key = `${name} ${locale()}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale(), options));
  return formats.get(key);
}

/** 14:05 */
export function hourOf(seconds) {
  return format("hour", { hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);
}

/** 14:05:09 */
export function secondOf(seconds) {
  return format("second", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(seconds * 1000);
}

/** 28 November 2026 */
export function dayOf(seconds) {
  return format("day", { day: "numeric", month: "long", year: "numeric" }).format(seconds * 1000);
}

/** Day and time, for a tooltip or a detail. */
export function momentOf(seconds) {
  return `${dayOf(seconds)} ${secondOf(seconds)}`;
}

/** 28/11/2026, 14:05:09 */
export function shortMomentOf(seconds) {
  return format("short", { dateStyle: "short", timeStyle: "medium" }).format(seconds * 1000);
}

/** 14:05 on the day that it is now, else 28/11/2026. */
export function hourOrDayOf(seconds, now) {
  return dayOf(seconds) === dayOf(now) ? hourOf(seconds) : format("date", { dateStyle: "short" }).format(seconds * 1000);
}

/** The time alone on the day that it is now, else the day too. */
export function sameDayOf(seconds, now) {
  return dayOf(seconds) === dayOf(now) ? secondOf(seconds) : shortMomentOf(seconds);
}

/** 12 ms, 1.2 s */
export function durationOf(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return "";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
