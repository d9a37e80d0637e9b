// Any webhook event, sent from a form that its schema makes and its sample fills in.
import * as api from "../core/api.js";
import { button, field, fill, h, select } from "../core/dom.js";
import { inLanguage, t } from "../core/i18n.js";
import { inWords } from "../core/sentences.js";
import { icon } from "../core/icons.js";
import { Panel } from "./panel.js";
import { leavesOf, likeBefore, schemaAt } from "./values.js";

const FIRST = "text-plain";
const LONGEST = 120;

/** What the contract says of a field, in one line; null where it says nothing. */
export function meaningOf(schema, path) {
  const meaning = schemaAt(schema, path)?.description;
  return meaning ? String(meaning).split("\n")[0].slice(0, LONGEST) : null;
}

export class EmitPanel extends Panel {
  constructor(store, instance) {
    super(store, t("emit.title"), { wide: true });
    this.instance = instance;
    this.top = h("div");
    this.form = h("form", { class: "emit-form" });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    fill(this.body, h("p", { class: "hint" }, t("emit.what")), this.top, this.form);
    this.subscriptions.on("live", () => { if (store.live) this.begin(); });
    this.begin();
  }

  async begin() {
    if (this.event) return;
    const events = await this.run(() => this.store.list("/events"));
    if (!events) return;
    const pairs = events.map((one) => [one.name, `${one.name}: ${inLanguage(one.summary, one.summary_pt)}`]);
    fill(this.top, field(t("emit.event"), select(pairs, FIRST, (name) => this.chooseEvent(name))));
    this.chooseEvent(FIRST);
  }

  async chooseEvent(name) {
    const event = await this.run(() => api.get(`/events/${encodeURIComponent(name)}`));
    if (event) this.draw(event);
  }

  draw(event) {
    this.event = event;
    this.leaves = leavesOf(event.sample).map(({ path, value }) => ({ path, value, control: this.control(path, value, event.schema) }));
    const count = h("input", { type: "number", min: 1, max: 5000, value: "1" });
    this.count = count;
    this.force = h("input", { type: "checkbox" });
    const own = this.leaves.filter(({ path }) => path.startsWith("message.") && !path.includes("messageContextInfo") || path === "message");
    const rest = this.leaves.filter((leaf) => !own.includes(leaf));
    fill(this.form, h("div", { class: "grid-fields" }, own.map((leaf) => this.field(leaf))),
      h("details", {}, h("summary", {}, t("emit.more", { count: rest.length })), h("div", { class: "grid-fields" }, rest.map((leaf) => this.field(leaf)))),
      h("label", { class: "check" }, this.force, t("emit.force")),
      h("div", { class: "in-line" }, field(t("emit.count"), count), button(t("emit.send"), () => undefined, { kind: "primary", type: "submit", icon: icon("webhook", 16) })));
  }

  control(path, value, schema) {
    const here = schemaAt(schema, path);
    if (here?.enum || here?.const !== undefined) {
      const values = [...new Set([value, ...(here.enum ?? [here.const])])];
      return select(values.map((one) => [String(one), String(one)]), String(value), () => undefined);
    }
    if (typeof value === "boolean") return select([["true", "true"], ["false", "false"]], String(value), () => undefined);
    const text = value === null ? "null" : String(value);
    // A line to write on would take the breaks out of a contact's card.
    return text.includes("\n") ? h("textarea", { rows: 4, value: text, spellcheck: "false" }) : h("input", { type: "text", value: text, spellcheck: "false" });
  }

  field({ path, control }) {
    return field(path, control, inWords(meaningOf(this.event.schema, path)));
  }

  /** Only what was changed is set: the rest is made fresh by the server. */
  changes() {
    const changed = this.leaves.filter(({ value, control }) => control.value !== (value === null ? "null" : String(value)));
    return Object.fromEntries(changed.map(({ path, value, control }) => [path, likeBefore(control.value, value)]));
  }

  send() {
    const set = this.changes();
    const wishes = { event: this.event.name, count: Number(this.count.value) || 1, ...(Object.keys(set).length ? { set } : {}), ...(this.force.checked ? { force: true } : {}) };
    this.run(() => api.onInstance(this.instance(), "emit", wishes), ({ deliveries, reason }) => inWords(reason) ?? t("emit.sent", { count: deliveries.length, ids: deliveries.slice(0, 3).join(", ") }));
  }
}
