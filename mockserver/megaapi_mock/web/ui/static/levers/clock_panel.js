// The mock's clock: freeze it, move it, set it.
import * as api from "../core/api.js";
import { button, field, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { momentOf } from "../core/time.js";
import { Panel } from "./panel.js";

const STEPS = [["clock.minute", 60], ["clock.hour", 3600], ["clock.day", 86_400]];

export class ClockPanel extends Panel {
  constructor(store) {
    super(store, t("clock.title"));
    this.now = h("p", { class: "big-time" });
    this.freeze = h("input", { type: "checkbox", role: "switch", on: { change: () => this.move({ freeze: this.freeze.checked }) } });
    this.when = h("input", { type: "datetime-local", step: 1 });
    const steps = STEPS.map(([key, seconds]) => button(t(key), () => this.move({ advance: seconds }), { icon: icon("clock", 16) }));
    const setting = h("form", { class: "in-line", novalidate: true }, field(t("clock.set-to"), this.when),
      button(t("clock.set"), () => undefined, { type: "submit" }));
    setting.addEventListener("submit", (event) => {
      event.preventDefault();
      this.set();
    });
    fill(this.body, this.now, h("label", { class: "check" }, this.freeze, t("clock.freeze")), h("div", { class: "actions" }, steps), setting);
    this.subscriptions.on("clock", () => this.show());
    const timer = setInterval(() => this.show(), 1000);
    this.subscriptions.add(() => clearInterval(timer));
    this.show();
  }

  show() {
    this.now.textContent = momentOf(this.store.now());
    this.freeze.checked = this.store.clock.frozen;
  }

  async move(change) {
    const clock = await this.run(() => api.post("/clock", change), "");
    if (clock) this.store.setClock(clock);
    this.show();
  }

  set() {
    const seconds = new Date(this.when.value).getTime() / 1000;
    if (Number.isFinite(seconds)) this.move({ set: seconds });
    else this.outcome.say(t("clock.no-time"), true);
  }
}
