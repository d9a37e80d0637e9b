// Whether webhooks can go to an address. The gateway takes any text for one, and then sends nothing there.
import { button, h } from "../core/dom.js";
import { t } from "../core/i18n.js";

const WHOLE = /^https?:\/\//i;
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Whether a webhook can go there; none is to go to an empty one. */
export const isReachable = (url) => !url || WHOLE.test(url);

/** What is wrong with an address, and a button for what was probably meant; `take(url)` hears of it. */
export function refuse(url, outcome, take) {
  outcome.say(t("webhook.no-scheme", { url }), true);
  if (OTHER_SCHEME.test(url)) return;
  const meant = `http://${url.replace(/^\/+/, "")}`;
  outcome.append(" ", h("span", { class: "actions" }, button(t("webhook.take", { url: meant }), () => take(meant), { kind: "small" })));
}
