// A record as something to run elsewhere: curl, a pytest, its chat as a conversation script.
import * as api from "../core/api.js";
import { numberOf, textOf } from "../core/messages.js";

const NOT_COPIED = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "accept"]);
const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
// What a customer can do only to a message that is there.
const ABOUT_ANOTHER = new Set([
  "list-response", "buttons-response", "template-button-reply", "interactive-response", "poll-vote", "text-quoted-reply", "reaction",
  "edited", "deleted", "pin-in-chat",
]);
const CHAT = /@(s\.whatsapp\.net|lid|g\.us)$/;
const WORDS = new Map([[true, "True"], [false, "False"], [null, "None"]]);

/** A value as a Python literal. */
export function python(value) {
  if (WORDS.has(value)) return WORDS.get(value);
  if (Array.isArray(value)) return `[${value.map(python).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${python(one)}`).join(", ")}}`;
}

/** A curl command that repeats the call, or posts the webhook again. */
export function asCurl(record, origin = location.origin) {
  if (record.kind === "delivery") {
    return curl("POST", record.url, { "Content-Type": "application/json" }, record.payload);
  }
  const { method, path, headers, body } = record.request;
  return curl(method, origin + path, headers, body);
}

function curl(method, address, headers, body) {
  const lines = [`curl -X ${method} ${quoted(address)}`];
  for (const [name, value] of Object.entries(headers)) {
    if (!NOT_COPIED.has(name.toLowerCase())) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body !== null && body !== undefined) lines.push(`-d ${quoted(typeof body === "string" ? body : JSON.stringify(body))}`);
  return lines.join(" \\\n  ");
}

/** A test with the pytest fixtures of docs/testing.md; `token` is the instance's own. */
export function asPytest(record, token) {
  return record.kind === "delivery" ? webhookTest(record) : callTest(record, token);
}

function webhookTest(delivery) {
  const number = customerOf(delivery) ?? "5511900000002";
  const text = textOf(delivery.payload?.message);
  const act = delivery.event === "text-plain" && text ? `customer.says(${python(text)})` : `customer.does(${python(delivery.event)})`;
  return [
    `def test_${delivery.event.replaceAll("-", "_")}_is_taken(megaapi_instance):`,
    "    # megaapi_instance.webhook_to(your_app)",
    `    customer = megaapi_instance.customer(${python(number)})`,
    ...(ABOUT_ANOTHER.has(delivery.event) ? ["    # It is about another message: have your bot send that one first, with customer.says(...)."] : []),
    `    ${act}`,
    `    webhook = megaapi_instance.inbox.wait_for(${python(delivery.event)})`,
    "    assert webhook.status == 200",
    "",
  ].join("\n");
}

function callTest(exchange, token) {
  const { method, path, body } = exchange.request;
  const own = path.replace(exchange.instance ?? "\u0000", "{megaapi_instance.key}");
  const data = body === null || body === undefined ? "" : `, json=${python(body)}`;
  return [
    "import requests",
    "",
    "",
    `def test_${exchange.operation ?? "call"}_answers_${exchange.response.status}(megaapi_instance):`,
    ...(exchange.fault?.id ? [`    megaapi_instance.fault(${python(exchange.fault.name)}, times=1)  # add the parameters it had`] : []),
    `    url = f"{megaapi_instance.url}${own}"`,
    `    headers = ${headersOf(exchange, token)}`,
    `    answer = requests.request(${python(method)}, url, headers=headers${data})`,
    `    assert answer.status_code == ${exchange.response.status}, answer.headers.get("X-Mock-Reason")`,
    "",
  ].join("\n");
}

/** The instance's own token is that of the test; what was called with another one says so. */
function headersOf(exchange, token) {
  const sent = Object.entries(exchange.request.headers).map(([name, value]) => [name.toLowerCase(), value]);
  const authorization = sent.find(([name]) => name === "authorization")?.[1];
  const fault = sent.find(([name]) => name === "x-mock-fault")?.[1];
  if (authorization === `Bearer ${token}`) return fault ? `{**megaapi_instance.headers, "X-Mock-Fault": ${python(fault)}}` : "megaapi_instance.headers";
  return python({ ...(authorization === undefined ? {} : { Authorization: authorization }), ...(fault ? { "X-Mock-Fault": fault } : {}) });
}

function customerOf(delivery) {
  const { payload } = delivery;
  const number = numberOf(payload?.key?.senderPn ?? payload?.key?.remoteJid ?? payload?.jid);
  return /^\d{8,15}$/.test(number) ? number : null;
}

/** The chat of a record, "" where it is about none. */
export function chatOf(record) {
  const key = record.kind === "delivery" ? record.payload?.key : record.response.body?.messageData?.key;
  return CHAT.test(key?.remoteJid ?? "") ? key.remoteJid : "";
}

/** The whole chat as a file that can be played (docs/conversations.md): one turn alone often cannot. */
export const asScript = (record) => api.exportConversation(record.instance, chatOf(record), "yaml");
