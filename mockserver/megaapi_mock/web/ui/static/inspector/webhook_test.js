// A webhook as a test with the pytest fixtures of docs/testing.md, which causes it again.
import { numberOf, textOf } from "../core/messages.js";
import { python } from "./python.js";

const GROUP = /@g\.us$/;
const SOMEBODY = "5511900000002";
const SOMEBODY_ELSE = "5511900000003";
// What a customer does only in a group, or only to a message of their own, or to one that the bot has sent.
const IN_A_GROUP = new Set(["text-mention", "group-update"]);
const TO_THEIR_OWN = new Set(["text-quoted-reply", "reaction", "edited", "deleted", "pin-in-chat"]);
const LIST = {
  title: "Atendimento", text: "Escolha", buttonText: "Abrir", listType: 0, description: "Toque",
  sections: [{ title: "Setores", rows: [{ title: "Vendas", rowId: "vendas" }] }],
};
const BUTTONS = { title: "Atendimento", text: "Confirma?", footer: "Toque", type: "text", buttons: [{ type: "reply", title: "Sim", id: "sim" }] };
const ANSWERS = new Map([
  ["list-response", ["listMessage", LIST]], ["buttons-response", ["buttonMessage", BUTTONS]], ["interactive-response", ["buttonMessage", BUTTONS]],
]);
const BY_A_TEXT = new Set(["from-me-api-echo", "ack-server", "ack-delivered", "ack-read"]);
// What the gateway does at once when this is done to the connection.
const CONNECTION = new Map([
  ["connected", ["megaapi_instance.unlink()", "megaapi_instance.link()"]],
  ["disconnected", ["megaapi_instance.unlink()"]],
  ["qrcode", ["megaapi_instance.unlink()", 'megaapi_instance.do("qr", {})']],
]);
// What no call and no customer causes in the world of a new instance: the webhook itself is sent.
const ONLY_SENT = new Set([
  "newsletter", "ack-played", "ack-error", "ack-group", "disconnected-logout-variant", "connection-closed-temporary",
  "template-button-reply",
]);

/** The test of a delivery. */
export function webhookTest(delivery) {
  const acts = actsOf(delivery);
  return [
    ...(acts.some((line) => line.includes("requests.")) ? ["import requests", "", ""] : []),
    `def test_${delivery.event.replaceAll("-", "_")}_is_taken(megaapi_instance):`,
    "    # megaapi_instance.webhook_to(your_app)",
    ...acts.map((line) => `    ${line}`),
    `    webhook = megaapi_instance.inbox.wait_for(${python(delivery.event)})`,
    "    assert webhook.status == 200",
    "",
  ].join("\n");
}

/** What makes the webhook come, line by line. */
function actsOf(delivery) {
  const { event } = delivery;
  const number = customerOf(delivery);
  if (ONLY_SENT.has(event)) return [`megaapi_instance.emit(${python(event)})`];
  if (CONNECTION.has(event)) return CONNECTION.get(event);
  if (BY_A_TEXT.has(event)) return send("text", { text: "Bom dia" }, number);
  if (event === "self-chat") return ['megaapi_instance.phone().does("self-chat")'];
  if (event === "from-me-phone") return ownPhone(delivery, number);
  if (event === "group-participants") return [group(number), `group.add(${python(SOMEBODY_ELSE)})`];
  return customerActs(delivery, number);
}

function customerActs(delivery, number) {
  const { event } = delivery;
  const answered = ANSWERS.get(event);
  return [
    ...(isInGroup(delivery)
      ? [group(number), `customer = group.customer(${python(number)})`]
      : [`customer = megaapi_instance.customer(${python(number)})`]),
    ...(answered ? send(...answered, number) : []),
    ...(event === "poll-vote" ? ['customer.does("poll-creation")'] : []),
    ...(TO_THEIR_OWN.has(event) ? ['customer.says("Bom dia")'] : []),
    says(delivery),
  ];
}

function says({ event, payload }) {
  const text = textOf(payload?.message);
  return event === "text-plain" && text ? `customer.says(${python(text)})` : `customer.does(${python(event)})`;
}

function ownPhone(delivery, number) {
  const text = python(textOf(delivery.payload?.message) || "Bom dia");
  if (isInGroup(delivery)) return [group(number), `megaapi_instance.phone(group.jid).says(${text})`];
  return [`megaapi_instance.phone(${python(number)}).says(${text})`];
}

const group = (number) => `group = megaapi_instance.group(members=[${python(number)}])`;

function send(path, message, number) {
  return [
    `url = f"{megaapi_instance.url}/rest/sendMessage/{megaapi_instance.key}/${path}"`,
    `message = ${python({ to: number, ...message })}`,
    'requests.post(url, headers=megaapi_instance.headers, json={"messageData": message}).raise_for_status()',
  ];
}

function isInGroup({ event, payload }) {
  return IN_A_GROUP.has(event) || event.startsWith("group-text") || event === "group-image" || GROUP.test(payload?.key?.remoteJid ?? "");
}

/** The number of the customer it is about. */
function customerOf({ payload }) {
  const key = payload?.key;
  const numbers = [key?.senderPn, key?.participantPn, key?.participant, key?.remoteJid].filter(Boolean);
  // An address that hides the number, or a group's, is as long as one and no number.
  return numbers.filter((jid) => jid.endsWith("@s.whatsapp.net")).map(numberOf).find((number) => /^\d{8,15}$/.test(number)) ?? SOMEBODY;
}
