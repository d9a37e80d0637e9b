// The points of an instance: right before each thing a customer did, and those with a name.
import * as api from "../core/api.js";
import { button, field, fill, fillList, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { numberOf } from "../core/messages.js";
import { momentOf, secondOf } from "../core/time.js";
import { Panel } from "../levers/panel.js";

export class PointsPanel extends Panel {
  constructor(store, instance) {
    super(store, t("points.title"));
    this.instance = instance;
    this.name = h("input", { type: "text", placeholder: t("points.name-example") });
    this.rows = h("div", { class: "point-rows", tabindex: "0" });
    fill(this.body, h("p", { class: "hint" }, t("points.what")),
      h("div", { class: "in-line" }, field(t("points.name"), this.name), button(t("points.keep"), () => this.keep(), { icon: icon("plus", 16) })), this.rows);
    for (const topic of ["rewound", "loaded"]) this.subscriptions.on(topic, () => this.choose());
    this.subscriptions.on("message", (message) => { if (!message.from_me && message.instance === this.instance()) this.loadSoon(); });
    this.choose();
  }

  end() {
    clearTimeout(this.timer);
    super.end();
  }

  choose() {
    if (this.instance()) this.load();
  }

  loadSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), 300);
  }

  async load() {
    const page = await this.run(() => api.readInstance(this.instance(), "/points?order=newest&limit=200"));
    if (!page) return;
    fillList(this.rows, page.items.map((point) => this.row(point)), t("points.none"));
  }

  row(point) {
    const what = point.name ?? t("points.before", { event: point.event ?? "", who: numberOf(point.chat) });
    return h("div", { class: "point", role: "listitem" }, h("time", { title: momentOf(point.time) }, secondOf(point.time)), h("span", {}, what),
      button(t("rewind.do"), () => this.rewind(point), { kind: "small", icon: icon("rewind", 14), "aria-label": t("points.rewind-to", { what }) }));
  }

  async keep() {
    const point = await this.run(() => api.onInstance(this.instance(), "points", { name: this.name.value.trim() || t("points.unnamed") }), t("points.kept"));
    if (!point) return;
    this.name.value = "";
    this.load();
  }

  rewind(point) {
    this.run(() => api.onInstance(this.instance(), "rewind", { point: point.id }), (result) => t("rewind.done", { count: result.removed }));
  }
}
