// The drawing of the graph: how many calls and webhooks came per bar, and below it how long each
// took, on axes that say their unit. Lengths are in CSS pixels, so nothing is stretched.
import { t } from "../core/i18n.js";
import { answerOf, outcomeOf } from "../core/records.js";
import { durationOf, secondOf } from "../core/time.js";

const SVG = "http://www.w3.org/2000/svg";
export const BARS = 60;
const MOST_DOTS = 400;
const GUTTER = 52;
const MARGIN = 12;
const CAPTION = 16;
const PLOT = 48;
const GAP = 8;
const DOT = 4;
// How long something took, on a scale where each step is ten times the one below.
const DURATIONS = [1, 10, 100, 1000, 10_000];
const LABELLED = new Set([1, 100, 10_000]);
const NARROW = 520;

export const HEIGHT = 2 * (CAPTION + PLOT + GAP) + CAPTION;

function shape(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const words = (text, x, y, anchor = "start") => shape("text", { x, y, "text-anchor": anchor, class: "axis-text" }, text);
const grid = (x1, x2, y, kind = "grid") => shape("line", { x1, x2, y1: y, y2: y, class: kind });

/** How long a record took, in milliseconds; null when it is not known. */
export function latencyOf(record) {
  return record.kind === "exchange" ? (record.duration_ms ?? null) : answerOf(record).milliseconds;
}

/** Counts per bar: `[{exchange, delivery}]`, oldest first. */
export function perBar(records, now, span, bars = BARS) {
  const counts = Array.from({ length: bars }, () => ({ exchange: 0, delivery: 0 }));
  for (const record of records) {
    const index = bars - 1 - Math.floor(((now - record.time) / span) * bars);
    if (index >= 0 && index < bars) counts[index][record.kind] += 1;
  }
  return counts;
}

/** The top of a scale for counts up to `most`: 2, 4, 6, 8, 10, 20, 40 and on, each with a whole half. */
export function topOf(most) {
  for (let power = 1; ; power *= 10) {
    const top = [2, 4, 6, 8, 10].map((step) => step * power).find((one) => one >= most);
    if (top) return top;
  }
}

/** Where the plots stand in a drawing that wide. */
export class Layout {
  constructor(width) {
    this.left = GUTTER;
    this.right = Math.max(width - MARGIN, GUTTER + 100);
    this.isNarrow = width < NARROW;
    this.counts = { top: CAPTION, bottom: CAPTION + PLOT };
    this.durations = { top: 2 * CAPTION + PLOT + GAP, bottom: 2 * (CAPTION + PLOT) + GAP };
  }

  /** The place of a moment so many seconds ago. */
  x(ago, span) {
    return this.right - (ago / span) * (this.right - this.left);
  }

  /** The place of a duration; whole dots stay inside. */
  y(milliseconds) {
    const share = Math.min(1, Math.max(0, Math.log10(Math.max(1, milliseconds)) / Math.log10(DURATIONS.at(-1))));
    const { top, bottom } = this.durations;
    return bottom - DOT - 1 - share * (bottom - top - 2 * (DOT + 1));
  }
}

/** Both axes of counts with bars on them. */
export function countPlot(layout, records, now, span) {
  const counts = perBar(records, now, span);
  const top = topOf(Math.max(...counts.map((one) => one.exchange + one.delivery)));
  const { left, right } = layout;
  const { top: above, bottom } = layout.counts;
  const y = (count) => bottom - (count / top) * (bottom - above);
  const ticks = [0, top / 2, top].flatMap((count) => [
    grid(left, right, y(count), count ? "grid" : "axis"), words(String(count), left - 6, y(count) + 4, "end"),
  ]);
  const width = (right - left) / BARS;
  const bars = counts.flatMap((one, index) => bar(one, left + index * width, width, y, secondOf(now - span + (index * span) / BARS)));
  return [words(t(`graph.per-${span}`), left, above - 5), ...ticks, ...bars];
}

function bar({ exchange, delivery }, x, width, y, when) {
  if (!exchange && !delivery) return [];
  const piece = (from, to, kind) => shape("rect", { x: x + 1, width: Math.max(1, width - 2), y: y(to), height: y(from) - y(to), class: `bar-${kind}` });
  return [shape("g", {}, shape("title", {}, t("graph.bar", { when, calls: exchange, webhooks: delivery })),
    piece(0, exchange, "exchange"), piece(exchange, exchange + delivery, "delivery"))];
}

/** The axis of durations, and a mark for each record; a click on one chooses it. */
export function durationPlot(layout, records, now, span, onChoose) {
  const { left, right } = layout;
  const ticks = DURATIONS.flatMap((milliseconds) => [
    grid(left, right, layout.y(milliseconds)),
    ...(LABELLED.has(milliseconds) ? [words(shortDuration(milliseconds), left - 6, layout.y(milliseconds) + 4, "end")] : []),
  ]);
  const marks = records.filter((record) => latencyOf(record) !== null).slice(0, MOST_DOTS).map((record) => {
    const x = Math.min(right - DOT, Math.max(left + DOT, layout.x(now - record.time, span)));
    return mark(record, x, layout.y(latencyOf(record)), onChoose);
  });
  return [words(t("graph.durations"), left, layout.durations.top - 5), ...ticks, ...marks];
}

function shortDuration(milliseconds) {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}

/** A dot, or a square for what was refused or failed: not by its colour alone. */
function mark(record, x, y, onChoose) {
  const isBad = ["refused", "failed"].includes(outcomeOf(record));
  const title = shape("title", {}, `${secondOf(record.time)} ${durationOf(latencyOf(record))}`);
  const element = isBad
    ? shape("rect", { x: x - DOT, y: y - DOT, width: 2 * DOT, height: 2 * DOT, class: "dot dot-bad" }, title)
    : shape("circle", { cx: x, cy: y, r: DOT, class: `dot dot-${record.kind}` }, title);
  element.addEventListener("click", () => onChoose(record));
  return element;
}

/** What the distance from the right edge means, below both plots. */
export function timeAxis(layout, span) {
  const parts = layout.isNarrow ? 2 : 4;
  const y = layout.durations.bottom + 13;
  return Array.from({ length: parts + 1 }, (_, index) => {
    const ago = span - (index * span) / parts;
    const anchor = index === 0 ? "start" : index === parts ? "end" : "middle";
    return words(ago ? t("graph.ago", { time: spanOf(ago) }) : t("graph.now"), layout.x(ago, span), y, anchor);
  });
}

function spanOf(seconds) {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
}

/** An empty drawing. */
export function emptyDrawing() {
  return shape("svg", { class: "graph", role: "img" });
}
