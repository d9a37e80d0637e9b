// The instance that phones, levers and replay are about: one choice for all views, remembered.
import { h, select } from "./dom.js";
import { t } from "./i18n.js";
import { keep, recall } from "./kept.js";

const KEPT_AS = "megaapi-mock-instance";

/** The key of the instance chosen last, else of the first that is linked, else of the first. */
export function chosenInstance(store) {
  const chosen = recall(KEPT_AS);
  if (store.instances.has(chosen)) return chosen;
  const all = [...store.instances.values()];
  return (all.find((one) => one.state === "connected") ?? all[0])?.key;
}

/** The labelled list to choose from; `onChange` hears of the choice. */
export function instancePicker(store, chosen, onChange) {
  const pairs = [...store.instances.values()].map((one) => [one.key, `${one.name} · ${one.key}`]);
  const picker = select(pairs, chosen, (key) => {
    keep(KEPT_AS, key);
    onChange(key);
  }, { "aria-label": t("phones.instance") });
  return h("label", { class: "inline-field" }, t("phones.instance"), picker);
}
