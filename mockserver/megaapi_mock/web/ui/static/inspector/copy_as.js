// A record as something to run elsewhere: curl, a pytest, a conversation script.
import { numberOf, textOf } from "../core/messages.js";

const NOT_COPIED = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "accept"]);
const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
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

/** A test with the pytest fixtures of docs/testing.md. */
export function asPytest(record) {
  return record.kind === "delivery" ? webhookTest(record) : callTest(record);
}

function webhookTest(delivery) {
  const number = customerOf(delivery) ?? "5511900000002";
  const text = textOf(delivery.payload?.message);
  const act = delivery.event === "text-plain" && text ? `customer.says(${python(text)})` : `customer.does(${python(delivery.event)})`;
  return [
    `def test_${delivery.event.replaceAll("-", "_")}_is_taken(megaapi_instance):`,
    "    # megaapi_instance.webhook_to(your_app)",
    `    customer = megaapi_instance.customer(${python(number)})`,
    `    ${act}`,
    `    webhook = megaapi_instance.inbox.wait_for(${python(delivery.event)})`,
    "    assert webhook.status == 200",
    "",
  ].join("\n");
}

function callTest(exchange) {
  const { method, path, body } = exchange.request;
  const own = path.replace(exchange.instance ?? "\u0000", "{megaapi_instance.key}");
  const data = body === null || body === undefined ? "" : `, json=${python(body)}`;
  return [
    "import requests",
    "",
    "",
    `def test_${exchange.operation ?? "call"}_answers_${exchange.response.status}(megaapi_instance):`,
    `    url = f"{megaapi_instance.url}${own}"`,
    `    answer = requests.request(${python(method)}, url, headers=megaapi_instance.headers${data})`,
    `    assert answer.status_code == ${exchange.response.status}, answer.headers.get("X-Mock-Reason")`,
    "",
  ].join("\n");
}

function customerOf(delivery) {
  const { payload } = delivery;
  const number = numberOf(payload?.key?.senderPn ?? payload?.key?.remoteJid ?? payload?.jid);
  return /^\d{8,15}$/.test(number) ? number : null;
}

/** One turn of a conversation script (docs/conversations.md); it is YAML, written as JSON inside. */
export function asScript(record) {
  if (record.kind === "delivery") {
    const text = textOf(record.payload?.message);
    const turn = { event: record.event, ...(text ? { text } : {}) };
    return script(customerOf(record), { customer: turn });
  }
  const message = record.response.body?.messageData?.message;
  const text = textOf(message) || record.request.body?.messageData?.text;
  const turn = { type: Object.keys(message ?? { extendedTextMessage: 1 })[0], ...(text ? { text } : {}) };
  return script(numberOf(record.request.body?.messageData?.to), { bot: turn });
}

function script(number, turn) {
  return `conversation: 1\nwith: ${JSON.stringify(number ?? "5511900000002")}\nturns:\n  - ${Object.keys(turn)[0]}: ${JSON.stringify(Object.values(turn)[0])}\n`;
}
