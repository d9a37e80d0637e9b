// What the panels of the levers have in common: a heading, a line for the outcome, subscriptions.
import { freshId, h } from "../core/dom.js";
import { outcomeLine } from "../core/dialog.js";
import { Subscriptions } from "../core/topics.js";

export class Panel {
  constructor(store, title, { wide = false } = {}) {
    const name = freshId("panel");
    this.store = store;
    this.subscriptions = new Subscriptions(store.topics);
    this.outcome = outcomeLine();
    this.body = h("div", { class: "panel-body" });
    this.element = h("section", { class: `card ${wide ? "wide" : ""}`, "aria-labelledby": name }, h("h3", { id: name }, title), this.body, this.outcome);
  }

  end() {
    this.subscriptions.end();
  }

  /** Do something; say why it failed, or what is given for when it is done. */
  async run(work, done = null) {
    try {
      const result = await work();
      if (this.wasGone) this.outcome.say("");
      this.wasGone = false;
      if (done !== null) this.outcome.say(typeof done === "function" ? done(result) : done);
      return result;
    } catch (refusal) {
      this.wasGone = refusal.status === 0;
      this.outcome.say(refusal.message, true);
      return null;
    }
  }
}
