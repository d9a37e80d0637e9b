// What to do next, where something is still missing: link the phone, set a webhook, write.
import { h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { codeBlock } from "../inspector/json_view.js";

/** The command that sets the webhook of an instance by the gateway's own API. */
export function webhookCommand(instance, origin = location.origin) {
  const body = JSON.stringify({ messageData: { webhookUrl: "http://127.0.0.1:9000/webhook", webhookEnabled: true } });
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

/** The next step of an instance, or null when nothing is missing. */
export function firstSteps(instance, store) {
  if (instance.state !== "connected") {
    return h("div", { class: "next-step" }, h("p", {}, t("next.link", { name: instance.name })), h("a", { class: "button", href: "#connection" }, t("next.to-connection")));
  }
  if (!instance.webhook.url || !instance.webhook.enabled) {
    return h("div", { class: "next-step" }, h("p", {}, t("next.webhook")), codeBlock(t("next.command"), webhookCommand(instance)),
      h("p", {}, t("next.or"), " ", h("a", { href: "#connection" }, t("next.set-here"))));
  }
  if (store.records.items.length) return null;
  return h("div", { class: "next-step" }, h("p", {}, t("next.write")), codeBlock(t("next.command"), sendCommand(instance), { open: false }));
}
