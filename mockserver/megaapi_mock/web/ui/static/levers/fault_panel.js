// Faults that are armed, and a form that arms one: its kinds and parameters are the server's.
import * as api from "../core/api.js";
import { button, field, fill, fillList, h, select } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { inWords } from "../core/sentences.js";
import { parseValue } from "./values.js";
import { Panel } from "./panel.js";

export class FaultPanel extends Panel {
  constructor(store, instance) {
    super(store, t("faults.title"));
    this.instance = instance;
    this.armed = h("div", { class: "armed" });
    this.form = h("form", { class: "fault-form" });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.arm();
    });
    this.clearAll = button(t("faults.clear-all"), () => this.run(() => api.remove("/faults"), t("faults.cleared")), { kind: "small", hidden: true });
    fill(this.body, this.armed, this.clearAll, this.form);
    this.subscriptions.on("faults", () => this.load());
    this.subscriptions.on("fault-hit", () => this.load());
    for (const topic of ["loaded", "live"]) this.subscriptions.on(topic, () => { if (store.live) this.begin(); });
    this.begin();
  }

  /** Show what is armed and, once its kinds are known, the form. */
  async begin() {
    this.load();
    if (this.kinds) return;
    const answer = await this.run(() => api.get("/faults/kinds"));
    if (!answer) return;
    this.kinds = answer.items;
    this.scope = answer.scope;
    this.drawForm(this.kinds[0]);
  }

  async load() {
    const page = await api.get("/faults?limit=200").catch(() => null);
    if (!page) return;
    const rows = page.items.map((fault) => this.row(fault));
    fillList(this.armed, rows, t("faults.none"));
    this.clearAll.hidden = rows.length < 2;
  }

  row(fault) {
    const facts = [fault.operation, fault.instance, fault.percent ? `${fault.percent} %` : null].filter(Boolean).join(" · ");
    const used = t("faults.used", { used: fault.used, times: fault.times ?? "∞" });
    return h("div", { class: `armed-row ${fault.over ? "over" : ""}`, role: "listitem" }, icon("warning", 16),
      h("span", {}, h("strong", {}, fault.fault), " ", h("small", {}, [facts, used, fault.over ? t("faults.over") : null].filter(Boolean).join(" · "))),
      button(t("faults.clear", { name: fault.fault }), () => this.run(() => api.remove(`/faults/${encodeURIComponent(fault.id)}`), t("faults.cleared")),
        { kind: "plain", icon: icon("close", 16), bare: true }));
  }

  drawForm(kind) {
    this.kind = kind;
    const names = this.kinds.map((one) => [one.name, one.name]);
    const picker = select(names, kind.name, (name) => {
      this.drawForm(this.kinds.find((one) => one.name === name));
      this.form.querySelector("select").focus();
    });
    this.inputs = new Map([...kind.parameters, ...this.scope].map((parameter) => [parameter.name, this.input(parameter, kind.example)]));
    const more = h("details", {}, h("summary", {}, t("faults.scope")), this.scope.map((parameter) => this.field(parameter)));
    fill(this.form, field(t("faults.kind"), picker, inWords(kind.line)), kind.parameters.map((parameter) => this.field(parameter)), more,
      button(t("faults.arm"), () => undefined, { kind: "primary", type: "submit", icon: icon("warning", 16) }));
  }

  input({ name, default: usual }, example) {
    const given = name === "instance" ? this.instance() : example[name];
    return h("input", { type: "text", value: shown(given), placeholder: shown(usual), spellcheck: "false" });
  }

  field({ name, accepts, help }) {
    return field(name, this.inputs.get(name), [help, accepts].filter(Boolean).map(inWords).join(": "));
  }

  choose() {
    const input = this.inputs?.get("instance");
    if (input) input.value = this.instance() ?? "";
  }

  arm() {
    const wishes = { fault: this.kind.name };
    for (const [name, input] of this.inputs) {
      if (input.value.trim()) wishes[name] = ["instance", "operation", "recipient"].includes(name) ? input.value.trim() : parseValue(input.value);
    }
    this.run(() => api.post("/faults", wishes), (fault) => t("faults.done", { name: fault.fault }));
  }
}

function shown(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
