// Switches of the mock as a whole and of one instance: clock, faults, chaos, state, events.
import { chosenInstance, instancePicker } from "../core/chosen_instance.js";
import { fill, h } from "../core/dom.js";
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
    this.instance = chosenInstance(store);
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
    if (!this.store.instances.has(this.instance)) this.choose(chosenInstance(this.store));
    fill(this.tools, h("h2", {}, t("levers.title")), this.instance ? instancePicker(this.store, this.instance, (key) => this.choose(key)) : h("p", { class: "hint" }, t("connection.none")));
  }

  choose(key) {
    this.instance = key;
    this.panels.forEach((panel) => panel.choose?.());
  }
}
