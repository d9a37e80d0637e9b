// Calls and webhooks per second, and how long each took: the last minutes as a drawing, with what
// it adds up to in words.
import { button, fill, h, oncePerFrame } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { durationOf } from "../core/time.js";
import { Subscriptions } from "../core/topics.js";
import { HEIGHT, Layout, countPlot, durationPlot, emptyDrawing, latencyOf, timeAxis } from "./graph_drawing.js";

const SPANS = [60, 300, 3600];
const USUAL_WIDTH = 900;

export class Graph {
  /** `onSpan` hears that another span is shown. */
  constructor(store, onChoose, onSpan) {
    Object.assign(this, { store, onChoose, onSpan, span: SPANS[0] });
    this.subscriptions = new Subscriptions(store.topics);
    this.spans = h("div", { class: "spans", role: "group", "aria-label": t("graph.span") });
    this.drawing = emptyDrawing();
    this.figures = h("p", { class: "hint" });
    this.element = h("section", { class: "graph-panel", "aria-label": t("graph.title") },
      h("div", { class: "graph-head" }, this.legend(), this.figures, this.spans), this.drawing);
    const draw = oncePerFrame(() => this.draw());
    const sizes = new ResizeObserver(draw);
    sizes.observe(this.drawing);
    this.subscriptions.add(() => sizes.disconnect());
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
    return h("div", { class: "legend" }, h("span", { class: "key key-exchange" }, t("filter.exchanges")), h("span", { class: "key key-delivery" }, t("filter.deliveries")),
      h("span", { class: "key key-bad" }, t("graph.bad")));
  }

  drawSpans() {
    fill(this.spans, SPANS.map((span) => button(t(`graph.${span}`), () => {
      this.span = span;
      this.drawSpans();
      this.draw();
      this.onSpan();
    }, { kind: "small", "aria-pressed": String(span === this.span) })));
  }

  /** Whether what is not loaded yet may lie within the span. */
  wantsOlder() {
    const oldest = this.store.records.items.at(-1);
    return Boolean(oldest) && this.store.now() - oldest.time <= this.span;
  }

  recent(now) {
    const recent = [];
    for (const record of this.store.records.items) {
      if (now - record.time <= this.span && record.time <= now + 1) recent.push(record);
    }
    return recent;
  }

  draw() {
    const now = this.store.now();
    const records = this.recent(now);
    const width = this.drawing.clientWidth || USUAL_WIDTH;
    // Where letters are larger, so is all that is written and drawn.
    const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
    const layout = new Layout(width / scale);
    this.drawing.setAttribute("viewBox", `0 0 ${width / scale} ${HEIGHT}`);
    this.drawing.replaceChildren(...countPlot(layout, records, now, this.span),
      ...durationPlot(layout, records, now, this.span, this.onChoose), ...timeAxis(layout, this.span));
    this.say(records);
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
