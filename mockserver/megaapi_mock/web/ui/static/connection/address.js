// Whether webhooks can go to an address. The gateway takes any text for one, and then sends nothing there.
import { button, h } from "../core/dom.js";
import { t } from "../core/i18n.js";

const WHOLE = /^https?:\/\/(?:[^/?#]*@)?([^/?#]*)/i;
const PLACE = /^(\[[0-9a-f:.]+(?:%[\w.-]+)?\]|[^\s:@[\]]+)(?::(\d{0,5}))?$/i;
const OTHER_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const PORTS = 65_536;

/** Whether a webhook can go there, as the mock itself judges it; none is to go to an empty one. */
export function isReachable(url) {
  if (!url) return true;
  const [, host, port] = PLACE.exec(WHOLE.exec(url)?.[1] ?? "") ?? [];
  if (!host || (port && !(Number(port) > 0 && Number(port) < PORTS))) return false;
  // Names in other letters are written another way for the network, where that can be done.
  return /^[\x20-\x7e]*$/.test(host) || (host.split(/[.\u3002\uff0e\uff61]/).slice(0, -1).every(Boolean) && URL.canParse(`http://${host}`));
}

/** What is wrong with an address that is asked for. */
export function whyUnreachable(url) {
  return t(WHOLE.test(url) ? "webhook.no-place" : "webhook.no-scheme", { url });
}

/** What is wrong with an address, and a button for what was probably meant; `take(url)` hears of it. */
export function refuse(url, outcome, take) {
  outcome.say(t("webhook.not-saved", { reason: whyUnreachable(url) }), true);
  const meant = `http://${url.replace(/^\/+/, "")}`;
  if (OTHER_SCHEME.test(url) || !isReachable(meant)) return;
  outcome.append(" ", h("span", { class: "actions" }, button(t("webhook.take", { url: meant }), () => take(meant), { kind: "small" })));
}
