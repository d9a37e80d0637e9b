// Which records are listed: by kind, instance, operation or event, outcome, and text.
import { fill, h, select } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { nameOfRecord, outcomeOf } from "../core/records.js";

// Every record is searched through; not at every key.
const PAUSE = 150;
const BEYOND_ASCII = /[\u0080-\uffff]/;

export class Filters {
  constructor(store, onChange) {
    Object.assign(this, { store, onChange });
    // They are the same when one comes back from another view.
    store.filters ??= { kind: "", instance: "", name: "", outcome: "", text: "" };
    this.values = store.filters;
    this.element = h("div", { class: "toolbar filters", role: "search" });
    this.names = new Map();
    this.draw();
    this.loadNames();
  }

  /** Fill the list of operations and events, once they can be had. */
  async loadNames() {
    if (this.isNamed) return;
    const [operations, events] = await Promise.all([
      this.store.list("/operations").catch(() => []), this.store.list("/events").catch(() => []),
    ]);
    this.isNamed = operations.length > 0 && events.length > 0;
    this.names = new Map([...operations.map((one) => [one.id, one.id]), ...events.map((one) => [one.name, one.name])]);
    this.draw();
  }

  draw() {
    const { values } = this;
    // One that was removed has its records still.
    const chosen = values.instance && !this.store.instances.has(values.instance) ? [values.instance] : [];
    const keys = [...this.store.instances.keys(), ...chosen].map((key) => [key, key]);
    const outcomes = ["ok", "waiting", "refused", "failed"].map((key) => [key, t(`outcome.${key}`)]);
    const text = h("input", { type: "search", value: values.text, placeholder: t("filter.text"), "aria-label": t("filter.text"), on: { input: (event) => this.set("text", event.target.value) } });
    fill(this.element,
      this.choice("kind", [["", t("filter.all")], ["exchange", t("filter.exchanges")], ["delivery", t("filter.deliveries")]]),
      this.choice("instance", [["", t("filter.every-instance")], ...keys]),
      this.choice("name", [["", t("filter.every-name")], ...this.names]),
      this.choice("outcome", [["", t("filter.every-outcome")], ...outcomes]), text);
  }

  choice(name, pairs) {
    return select(pairs, this.values[name], (value) => this.set(name, value), { "aria-label": t(`filter.${name}`) });
  }

  set(name, value) {
    this.values[name] = value;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onChange, name === "text" ? PAUSE : 0);
  }

  /** Whether anything is left out. */
  get areUsed() {
    return Object.values(this.values).some(Boolean);
  }

  accept(record) {
    const { kind, instance, name, outcome, text } = this.values;
    return (!kind || record.kind === kind) && (!instance || record.instance === instance)
      && (!name || nameOfRecord(record) === name) && (!outcome || outcomeOf(record) === outcome) && (!text || says(record, text));
  }
}

function says(record, text) {
  return folded(JSON.stringify(record)).includes(folded(text));
}

/** Without case and accents: who searches writes neither. */
function folded(text) {
  const plain = BEYOND_ASCII.test(text) ? text.normalize("NFD").replace(/\p{M}/gu, "") : text;
  return plain.toLowerCase();
}
