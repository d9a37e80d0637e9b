// Chaos in the delivery of one instance's webhooks.
import * as api from "../core/api.js";
import { button, field, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { Panel } from "./panel.js";

const NUMBERS = [
  ["duplicate", { min: 1, max: 100 }], ["drop", { min: 0, max: 1, step: 0.05 }], ["reorder", { min: 1, max: 5000 }],
  ["burst", { min: 1, max: 5000 }], ["redeliver", { min: 0, step: "any" }], ["hold", { min: 0, step: "any" }],
];
const SEED = ["seed", { min: 0 }];

export class ChaosPanel extends Panel {
  constructor(store, instance) {
    super(store, t("chaos.title"));
    this.instance = instance;
    this.status = h("p", { class: "reason", hidden: true });
    this.inputs = new Map([...NUMBERS, SEED].map(([name, limits]) => [name, h("input", { type: "number", ...limits })]));
    this.delay = [h("input", { type: "number", min: 0, step: "any" }), h("input", { type: "number", min: 0, step: "any" })];
    this.early = h("input", { type: "checkbox" });
    fill(this.body, this.status, this.form());
    this.subscriptions.on("chaos", () => this.load());
    this.subscriptions.on("loaded", () => this.load());
    this.load();
  }

  form() {
    const form = h("form", {}, h("div", { class: "grid-fields" }, NUMBERS.map(([name]) => field(t(`chaos.${name}`), this.inputs.get(name))),
      field(t("chaos.delay-least"), this.delay[0]), field(t("chaos.delay-most"), this.delay[1]), field(t("chaos.seed"), this.inputs.get("seed"))),
    h("label", { class: "check" }, this.early, t("chaos.early_ack")),
    h("div", { class: "actions" }, button(t("chaos.start"), () => undefined, { kind: "primary", type: "submit" }),
      button(t("chaos.end"), () => this.run(() => api.endChaos(this.instance()), t("chaos.ended")).then(() => this.load()))));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run(() => api.startChaos(this.instance(), this.settings()), t("chaos.started")).then(() => this.load());
    });
    return form;
  }

  settings() {
    const given = [...this.inputs].filter(([, input]) => input.value !== "").map(([name, input]) => [name, Number(input.value)]);
    const [least, most] = this.delay.map((input) => input.value);
    if (least !== "" || most !== "") given.push(["delay", [Number(least || 0), Number(most || least)]]);
    if (this.early.checked) given.push(["early_ack", true]);
    return Object.fromEntries(given);
  }

  choose() {
    this.load();
  }

  async load() {
    if (!this.instance()) return;
    const status = await api.chaosOf(this.instance()).catch(() => null);
    this.status.hidden = !status?.chaos;
    if (!status?.chaos) return;
    const words = Object.entries(status.chaos).filter(([name, value]) => name !== "seed" && isAtWork(name, value)).map(inWords);
    this.status.textContent = t("chaos.now", { what: words.join(", ") || t("chaos.nothing"), held: status.held });
  }
}

/** Copies of each webhook: 3 */
function inWords([name, value]) {
  const label = t(`chaos.${name}`);
  return value === true ? label : `${label}: ${[value].flat().join("-")}`;
}

function isAtWork(name, value) {
  if (Array.isArray(value)) return value.some(Boolean);
  if (name === "hold") return false;
  return ["duplicate", "reorder", "burst"].includes(name) ? value > 1 : Boolean(value);
}
