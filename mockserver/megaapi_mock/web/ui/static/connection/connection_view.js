// The instances as cards: linking, the webhook, and a new one.
import * as api from "../core/api.js";
import { button, fill, h } from "../core/dom.js";
import { focusOn, isFocusLost } from "../core/focus.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { openMenu } from "../core/menu.js";
import { Subscriptions } from "../core/topics.js";
import { outcomeLine } from "../core/dialog.js";
import { InstanceCard } from "./instance_card.js";

export class ConnectionView {
  constructor(store) {
    this.store = store;
    this.cards = new Map();
    this.subscriptions = new Subscriptions(store.topics);
    this.outcome = outcomeLine();
    this.grid = h("div", { class: "cards" });
    this.newButton = button(t("connection.new"), () => this.openNew(this.newButton), { kind: "primary", icon: icon("plus", 16), "aria-haspopup": "menu" });
    this.element = h("div", { class: "panel-view" },
      h("div", { class: "toolbar" }, h("h2", {}, t("connection.title")), this.newButton, this.outcome), this.grid);
    this.subscriptions.on("instances", () => this.draw());
    this.subscriptions.on("instance", (instance) => this.cards.get(instance.key)?.hear(instance));
    this.draw();
  }

  end() {
    this.cards.forEach((card) => card.end());
    this.subscriptions.end();
  }

  draw() {
    const hadFocus = this.grid.contains(document.activeElement);
    this.drawCards();
    if (hadFocus && isFocusLost()) focusOn(this.newButton);
  }

  drawCards() {
    for (const [key, card] of this.cards) {
      if (this.store.instances.has(key)) continue;
      card.end();
      card.element.remove();
      this.cards.delete(key);
    }
    for (const instance of this.store.instances.values()) {
      if (this.cards.has(instance.key)) this.cards.get(instance.key).hear(instance);
      else this.cards.set(instance.key, new InstanceCard(this.store, instance));
    }
    const cards = [...this.store.instances.keys()].map((key) => this.cards.get(key).element);
    fill(this.grid, cards.length ? cards : h("p", { class: "empty" }, t("connection.none")));
  }

  openNew(anchor) {
    openMenu(anchor, [
      { label: t("connection.new-linked"), icon: icon("check", 16), act: () => this.create({ connected: true }) },
      { label: t("connection.new-unlinked"), icon: icon("qr", 16), act: () => this.create({ connected: false }) },
    ], { label: t("connection.new") });
  }

  /** A name that no instance has: lists and phones show nothing else of them. */
  newName() {
    const names = new Set([...this.store.instances.values()].map(({ name }) => name));
    let number = this.store.instances.size + 1;
    while (names.has(t("connection.new-name", { number }))) number += 1;
    return t("connection.new-name", { number });
  }

  async create(wishes) {
    try {
      const instance = await api.createInstance({ name: this.newName(), ...wishes });
      this.store.hearInstance(instance);
      this.outcome.say(t("connection.created", { key: instance.key }));
      this.cards.get(instance.key)?.element.scrollIntoView({ block: "nearest" });
    } catch (refusal) {
      this.outcome.say(refusal.message, true);
    }
  }
}
