// Calls and webhooks per second, and how long each took: the last minutes as a drawing.
import { button, fill, h, oncePerFrame } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { answerOf, outcomeOf } from "../core/records.js";
import { durationOf, secondOf } from "../core/time.js";
import { Subscriptions } from "../core/topics.js";

const SVG = "http://www.w3.org/2000/svg";
const SPANS = [60, 300, 3600];
const WIDTH = 900;
const BARS = 60;
const TOP = 48;
const BOTTOM = 58;
const MOST_DOTS = 400;

function shape(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

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

export class Graph {
  constructor(store, onChoose) {
    Object.assign(this, { store, onChoose, span: SPANS[0] });
    this.subscriptions = new Subscriptions(store.topics);
    this.spans = h("div", { class: "spans", role: "group", "aria-label": t("graph.span") });
    this.drawing = shape("svg", { viewBox: `0 0 ${WIDTH} ${TOP + BOTTOM + 4}`, preserveAspectRatio: "none", class: "graph", role: "img" });
    this.figures = h("p", { class: "hint" });
    this.element = h("section", { class: "graph-panel", "aria-label": t("graph.title") },
      h("div", { class: "graph-head" }, this.legend(), this.figures, this.spans), this.drawing);
    const draw = oncePerFrame(() => this.draw());
    this.subscriptions.on("records", draw);
    const timer = setInterval(draw, 1000);
    this.subscriptions.add(() => clearInterval(timer));
    this.drawSpans();
    this.draw();
  }

  end() {
    this.subscriptions.end();
  }

  legend() {
    return h("div", { class: "legend" }, h("span", { class: "key key-exchange" }, t("filter.exchanges")), h("span", { class: "key key-delivery" }, t("filter.deliveries")));
  }

  drawSpans() {
    fill(this.spans, SPANS.map((span) => button(t(`graph.${span}`), () => {
      this.span = span;
      this.drawSpans();
      this.draw();
    }, { kind: "small", "aria-pressed": String(span === this.span) })));
  }

  recent(now) {
    const recent = [];
    for (const record of this.store.records.items) {
      if (now - record.time > this.span * 1.1) break;
      if (record.time <= now + 1) recent.push(record);
    }
    return recent;
  }

  draw() {
    const now = this.store.now();
    const records = this.recent(now);
    this.drawing.replaceChildren(...this.bars(records, now), shape("line", { x1: 0, x2: WIDTH, y1: TOP, y2: TOP, class: "axis" }), ...this.dots(records, now));
    this.say(records);
  }

  bars(records, now) {
    const counts = perBar(records, now, this.span);
    const most = Math.max(4, ...counts.map((one) => one.exchange + one.delivery));
    const width = WIDTH / BARS;
    return counts.flatMap((one, index) => {
      const exchange = (one.exchange / most) * (TOP - 4);
      const delivery = (one.delivery / most) * (TOP - 4);
      const x = index * width + 1;
      return [
        shape("rect", { x, width: width - 2, y: TOP - exchange, height: exchange, class: "bar-exchange" }),
        shape("rect", { x, width: width - 2, y: TOP - exchange - delivery, height: delivery, class: "bar-delivery" }),
      ];
    });
  }

  /** One dot for each record: the longer it took, the higher (1 ms to 10 s). */
  dots(records, now) {
    return records.slice(0, MOST_DOTS).filter((record) => latencyOf(record) !== null).map((record) => {
      const x = WIDTH - ((now - record.time) / this.span) * WIDTH;
      const height = Math.min(1, Math.max(0, Math.log10(Math.max(1, latencyOf(record))) / 4));
      const bad = ["refused", "failed"].includes(outcomeOf(record));
      const dot = shape("ellipse", { cx: x, cy: TOP + BOTTOM - 2 - height * (BOTTOM - 12), rx: 4, ry: 4, class: `dot-${record.kind}${bad ? " dot-bad" : ""}` },
        shape("title", {}, `${secondOf(record.time)} ${durationOf(latencyOf(record))}`));
      dot.addEventListener("click", () => this.onChoose(record));
      return dot;
    });
  }

  say(records) {
    const times = records.map(latencyOf).filter((time) => time !== null).sort((one, other) => one - other);
    const calls = records.filter((record) => record.kind === "exchange").length;
    const text = t("graph.figures", {
      calls, webhooks: records.length - calls, median: durationOf(times[Math.floor(times.length / 2)] ?? 0), slowest: durationOf(times.at(-1) ?? 0),
    });
    if (this.figures.textContent === text) return;
    this.figures.textContent = text;
    this.drawing.setAttribute("aria-label", text);
  }
}
