// What to do next, where something is still missing: link the phone, set a webhook, write.
import * as api from "../core/api.js";
import { outcomeLine } from "../core/dialog.js";
import { button, field, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { codeBlock } from "../inspector/json_view.js";
import { isReachable, refuse, whyUnreachable } from "./address.js";

const SAMPLE_URL = "http://127.0.0.1:9000/webhook";

/** The command that sets the webhook of an instance by the gateway's own API. */
export function webhookCommand(instance, origin = location.origin) {
  const body = JSON.stringify({ messageData: { webhookUrl: SAMPLE_URL, webhookEnabled: true } });
  return `curl -X POST ${origin}/rest/webhook/${instance.key}/configWebhook \\\n  -H 'Authorization: Bearer ${instance.token}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}

/** The command that sends a first message. */
export function sendCommand(instance, origin = location.origin) {
  const body = JSON.stringify({ messageData: { to: "5511900000002", text: "Bom dia" } });
  return `curl ${origin}/rest/sendMessage/${instance.key}/text \\\n  -H 'Authorization: Bearer ${instance.token}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${body}'`;
}

/** What to do where there is no instance at all. */
export function noInstance() {
  return h("div", { class: "next-step" }, h("p", {}, t("connection.none")), h("a", { class: "button", href: "#connection" }, t("connection.title")));
}

/** Where the bot listens, asked for on the spot. */
function addressForm(instance, store) {
  const url = h("input", { type: "url", required: true, placeholder: SAMPLE_URL, value: instance.webhook.url, spellcheck: "false" });
  const outcome = outcomeLine();
  const form = h("form", { novalidate: true }, field(t("next.address"), url), button(t("webhook.save"), () => undefined, { kind: "primary", type: "submit" }), outcome);
  const save = async () => {
    const address = url.value.trim();
    if (!address) outcome.say(t("webhook.empty"), true);
    else if (!isReachable(address)) refuse(address, outcome, take);
    else {
      await api.onInstance(instance.key, "webhook", { url: address, enabled: true })
        .then((changed) => store.hearInstance(changed), (refusal) => outcome.say(refusal.message, true));
    }
  };
  const take = (meant) => {
    url.value = meant;
    url.focus();
    save();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save();
  });
  return form;
}

/** The next step of an instance, or null when nothing is missing. */
export function firstSteps(instance, store) {
  if (instance.state !== "connected") {
    return h("div", { class: "next-step" }, h("p", {}, t("next.link", { name: instance.name })), h("a", { class: "button", href: "#connection" }, t("next.to-connection")));
  }
  const { url, enabled } = instance.webhook;
  if (!url || !enabled || !isReachable(url)) {
    const what = isReachable(url) ? t("next.webhook") : t("next.nowhere", { reason: whyUnreachable(url) });
    return h("div", { class: "next-step" }, h("p", {}, what), addressForm(instance, store),
      h("p", {}, t("next.or")), codeBlock(t("next.command"), webhookCommand(instance), { open: false }));
  }
  if (store.records.items.length) return null;
  return h("div", { class: "next-step" }, h("p", {}, t("next.write")), codeBlock(t("next.command"), sendCommand(instance), { open: false }));
}
