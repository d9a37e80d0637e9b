// Reset, and the whole state as a file.
import * as api from "../core/api.js";
import { button, fill, h } from "../core/dom.js";
import { openDialog } from "../core/dialog.js";
import { pickText, saveFile } from "../core/files.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { inWords } from "../core/sentences.js";
import { Panel } from "./panel.js";

export class StatePanel extends Panel {
  constructor(store, instance) {
    super(store, t("state-panel.title"));
    this.instance = instance;
    const one = h("input", { type: "checkbox" });
    const key = () => (one.checked ? this.instance() : null);
    fill(this.body, h("p", { class: "hint" }, t("state-panel.what")), h("label", { class: "check" }, one, t("state-panel.one")), h("div", { class: "actions" },
      button(t("state-panel.save"), () => this.save(key()), { icon: icon("download", 16) }),
      button(t("state-panel.load"), () => this.load(key()), { icon: icon("rewind", 16) }),
      button(t("state-panel.reset"), () => this.reset(key()), { kind: "danger", icon: icon("power", 16) })));
  }

  save(key) {
    this.run(async () => saveFile(`megaapi-mock-${key ?? "state"}.json`, await api.saveState(key), "application/json"), t("state-panel.saved"));
  }

  async load(key) {
    const text = await pickText(".json,application/json");
    if (text === null) return;
    this.run(() => api.loadState(text, key), (result) => [t("state-panel.loaded", { instances: result.instances, messages: result.messages }), ...result.differences.map(inWords)].join(" "));
  }

  reset(key) {
    const dialog = openDialog(t("state-panel.reset"), [h("p", {}, t(key ? "state-panel.reset-one" : "state-panel.reset-all", { key })),
      h("p", {}, t(this.store.clock.frozen ? "state-panel.clock-frozen" : "state-panel.clock")),
      key ? null : h("p", { class: "hint" }, t("state-panel.clock-file")),
      button(t("state-panel.do-reset"), () => {
        dialog.close();
        this.run(() => api.post(`/reset${api.query({ instance: key })}`), t("state-panel.was-reset"));
      }, { kind: "primary" })]);
  }
}
