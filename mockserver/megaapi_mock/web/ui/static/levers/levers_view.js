// Switches of the mock as a whole and of one instance: clock, faults, chaos, state, events.
import { fill, h, select } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { Subscriptions } from "../core/topics.js";
import { ChaosPanel } from "./chaos_panel.js";
import { ClockPanel } from "./clock_panel.js";
import { EmitPanel } from "./emit_panel.js";
import { FaultPanel } from "./fault_panel.js";
import { StatePanel } from "./state_panel.js";

export class LeversView {
  constructor(store) {
    this.store = store;
    this.instance = [...store.instances.keys()][0];
    this.subscriptions = new Subscriptions(store.topics);
    this.tools = h("div", { class: "toolbar" });
    this.panels = [new ClockPanel(store), new FaultPanel(store, () => this.instance), new ChaosPanel(store, () => this.instance),
      new StatePanel(store, () => this.instance), new EmitPanel(store, () => this.instance)];
    this.element = h("div", { class: "panel-view" }, this.tools, h("div", { class: "cards levers" }, this.panels.map((panel) => panel.element)));
    this.subscriptions.on("instances", () => this.draw());
    this.draw();
  }

  end() {
    this.panels.forEach((panel) => panel.end());
    this.subscriptions.end();
  }

  draw() {
    const pairs = [...this.store.instances.values()].map((one) => [one.key, `${one.name} · ${one.key}`]);
    if (!this.store.instances.has(this.instance)) this.choose(pairs[0]?.[0]);
    fill(this.tools, h("h2", {}, t("levers.title")), h("label", { class: "inline-field" }, t("phones.instance"),
      select(pairs, this.instance, (key) => this.choose(key), { "aria-label": t("phones.instance") })));
  }

  choose(key) {
    this.instance = key;
    this.panels.forEach((panel) => panel.choose?.());
  }
}
