// Points an instance can return to, and conversations that are played to the bot again.
import { chosenInstance, instancePicker } from "../core/chosen_instance.js";
import { fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { Subscriptions } from "../core/topics.js";
import { PlayPanel } from "./play_panel.js";
import { PointsPanel } from "./points_panel.js";

export class ReplayView {
  constructor(store) {
    this.store = store;
    this.instance = chosenInstance(store);
    this.subscriptions = new Subscriptions(store.topics);
    this.tools = h("div", { class: "toolbar" });
    this.panels = [new PlayPanel(store, () => this.instance), new PointsPanel(store, () => this.instance)];
    this.element = h("div", { class: "panel-view" }, this.tools, h("div", { class: "cards replay" }, this.panels.map((panel) => panel.element)));
    this.subscriptions.on("instances", () => this.draw());
    this.draw();
  }

  end() {
    this.panels.forEach((panel) => panel.end());
    this.subscriptions.end();
  }

  draw() {
    if (!this.store.instances.has(this.instance)) this.choose(chosenInstance(this.store));
    fill(this.tools, h("h2", {}, t("replay.title")), this.instance ? instancePicker(this.store, this.instance, (key) => this.choose(key)) : h("p", { class: "hint" }, t("connection.none")));
  }

  choose(key) {
    this.instance = key;
    this.panels.forEach((panel) => panel.choose());
  }
}
