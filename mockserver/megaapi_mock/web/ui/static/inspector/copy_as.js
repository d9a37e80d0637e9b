// A record as something to run elsewhere: curl, a pytest, its chat as a conversation script.
import * as api from "../core/api.js";
import { digitsBehind, exactText } from "./exact.js";
import { python } from "./python.js";
import { webhookTest } from "./webhook_test.js";

const NOT_COPIED = new Set(["host", "content-length", "connection", "accept-encoding", "user-agent", "accept", "transfer-encoding"]);
const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
// What curl takes for several addresses.
const PATTERN = /[[\]{}]/;
const CHAT = /@(s\.whatsapp\.net|lid|g\.us)$/;
const GROUP = /\d[\d-]*(@|%40)g\.us/g;
const JSON_TYPE = /^application\/json\s*(;|$)/i;
const ODD_JSON = "the body is JSON, but neither an object nor a list";
// A message, file or own number of this one world: a call about it finds nothing in that of a test.
const OF_THIS_WORLD = new Set(["delete_message", "delete_message_from_me", "download_media", "set_profile_picture_url"]);

/** Why a record cannot be copied whole: the name of a sentence, or null. */
export function obstacleOf(record) {
  const part = record.kind === "delivery" ? record : record.request;
  if (part.cut) return part === record ? "copy.cut-webhook" : "copy.cut";
  return part.encoding ? "copy.not-text" : null;
}

/** A curl command that repeats the call, or posts the webhook again. */
export function asCurl(record, origin = location.origin) {
  if (record.kind === "delivery") {
    return curl("POST", record.url, { "Content-Type": "application/json" }, exactText(record.payload));
  }
  const { method, path, headers } = record.request;
  return curl(method, origin + path, headers, sentText(record));
}

function curl(method, address, headers, text) {
  const lines = [`curl ${verb(method, text)} ${PATTERN.test(address) ? "--globoff " : ""}${quoted(address)}`];
  const copied = Object.entries(headers).filter(([name]) => !NOT_COPIED.has(name.toLowerCase()));
  // An empty one ends with a semicolon: a colon would take the header away.
  for (const [name, value] of copied) lines.push(`-H ${quoted(value === "" ? `${name};` : `${name}: ${value}`)}`);
  if (text !== null) {
    // Without one, curl calls it a form.
    if (headerOf({ headers }, "content-type") === undefined) lines.push("-H 'Content-Type:'");
    // `-d` would read the file that is named behind an @.
    lines.push(`--data-raw ${quoted(text)}`);
  }
  return lines.join(" \\\n  ");
}

/** The method; after a HEAD alone curl would wait for the body that never comes. */
function verb(method, text) {
  if (method !== "HEAD") return `-X ${method}`;
  return text === null ? "--head" : "-X HEAD --ignore-content-length -H 'Connection: close'";
}

function headerOf({ headers }, wanted) {
  return Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** The body as it was sent, null where there was none. Of what is JSON and neither object nor list the journal has the
 *  value alone: null is not a body either, and a text may not be JSON; the reason of the refusal says which it was. */
function sentText({ request, reason }) {
  const { body } = request;
  if (reason?.includes(ODD_JSON)) return exactText(body);
  return typeof body === "string" || body === null || body === undefined ? (digitsBehind(body) ?? body ?? null) : exactText(body);
}

/** Whether a test can repeat it: not a call that got no answer, nor one about a message of this world. */
export function isTestable(record) {
  if (record.kind === "delivery") return true;
  const { operation, response } = record;
  return response.status !== 0 && (response.status !== 200 || !OF_THIS_WORLD.has(operation));
}

/** A test with the pytest fixtures of docs/testing.md; `token` is the instance's own, `plans` are those that have the operation. */
export function asPytest(record, token, plans = []) {
  if (record.kind === "delivery") return webhookTest(record);
  // The fixture's mock has plan Code.
  return plans.length && !plans.includes("code") ? callTest(record, token, plans[0]) : callTest(record, token);
}

function callTest(exchange, token, plan = null) {
  const { request, response } = exchange;
  const withGroup = response.status === 200;
  const own = request.path.replace(exchange.instance ?? "\u0000", "{megaapi_instance.key}");
  const path = withGroup ? own.replace(GROUP, "{group.jid}") : own;
  const sent = dataOf(exchange);
  const data = withGroup ? sent.replace(new RegExp(`"${GROUP.source}"`, "g"), "group.jid") : sent;
  const name = `test_${exchange.operation ?? "call"}_answers_${response.status}`;
  const lines = [
    ...(exchange.fault?.id ? [`    megaapi_instance.fault(${python(exchange.fault.name)}, times=1)  # add the parameters it had`] : []),
    ...(path !== own || data !== sent ? ['    group = megaapi_instance.group(members=["5511900000002"])'] : []),
    `    url = f"{megaapi_instance.url}${path}"`,
    `    headers = ${headersOf(exchange, token)}`,
    `    answer = requests.request(${python(request.method)}, url, headers=headers${data})`,
    `    assert answer.status_code == ${response.status}, answer.headers.get("X-Mock-Reason")`,
  ];
  return [
    ...(data.includes("json.dumps(") ? ["import json", ""] : []),
    "import requests",
    ...(plan ? ["from megaapi_mock.testing import MockServer"] : []),
    "",
    "",
    plan ? `def ${name}():` : `def ${name}(megaapi_instance):`,
    ...(plan ? [`    with MockServer(profile=${python(plan)}) as mock, mock.instance() as megaapi_instance:`, ...lines.map((line) => `    ${line}`)] : lines),
    "",
  ].join("\n");
}

/** Whether requests would make another call of it: it takes None for no body, texts for JSON texts, and says that it is JSON. */
const isVerbatim = (request) => request.body === null || typeof request.body !== "object" || !JSON_TYPE.test(headerOf(request, "content-type") ?? "");

function dataOf(exchange) {
  const text = sentText(exchange);
  if (text === null) return "";
  const { body } = exchange.request;
  if (!isVerbatim(exchange.request)) return `, json=${python(body)}`;
  return body !== null && typeof body === "object" ? `, data=json.dumps(${python(body)}).encode()` : `, data=${python(text)}.encode()`;
}

/** The instance's own token is that of the test; what was called with another one says so. */
function headersOf(exchange, token) {
  const { request } = exchange;
  const authorization = headerOf(request, "authorization");
  const fault = headerOf(request, "x-mock-fault");
  const type = isVerbatim(request) && sentText(exchange) !== null ? headerOf(request, "content-type") : undefined;
  const more = { ...(type === undefined ? {} : { "Content-Type": type }), ...(fault ? { "X-Mock-Fault": fault } : {}) };
  const pairs = Object.entries(more).map(([name, value]) => `${python(name)}: ${python(value)}`);
  if (authorization !== `Bearer ${token}`) {
    const own = authorization === undefined ? [] : [`"Authorization": ${withOwnToken(authorization, token)}`];
    return `{${[...own, ...pairs].join(", ")}}`;
  }
  return pairs.length ? `{**megaapi_instance.headers, ${pairs.join(", ")}}` : "megaapi_instance.headers";
}

/** A header in Python: the token at its end is that of the test, however its scheme was written. */
function withOwnToken(authorization, token) {
  if (!token || !authorization.endsWith(` ${token}`)) return python(authorization);
  return `${python(authorization.slice(0, -token.length))} + megaapi_instance.token`;
}

/** The chat of a record, "" where it is about none. */
export function chatOf(record) {
  const key = record.kind === "delivery" ? record.payload?.key : record.response.body?.messageData?.key;
  return CHAT.test(key?.remoteJid ?? "") ? key.remoteJid : "";
}

/** The whole chat as a file that can be played (docs/conversations.md): one turn alone often cannot. */
export const asScript = (record) => api.exportConversation(record.instance, chatOf(record), "yaml");
