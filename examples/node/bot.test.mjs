// Tests of the bot beside it, against a mock that runs: node --test examples/node/bot.test.mjs
import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, test } from "node:test";

import { createBot } from "./bot.mjs";

const MOCK = process.env.MEGAAPI_GATEWAY ?? "http://127.0.0.1:8080";
const ANA = "5511900000002";
let bot, instance;

/** A call of the control API; a refusal fails the test in the mock's own words. */
async function control(method, path, body) {
  const answer = await fetch(`${MOCK}/_mock${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${text}`);
  return text && JSON.parse(text);
}

/** The first record of a list that fits the filters, within five seconds. */
async function waitFor(list, filters) {
  const query = new URLSearchParams({ instance: instance.key, wait: "5", ...filters });
  const { items } = await control("GET", `/${list}?${query}`);
  if (items.length) return items[0];
  const refused = await control("GET", `/exchanges?instance=${instance.key}&outcome=refused`);
  const reasons = refused.items.map((call) => `${call.request.path}: ${call.reason}`);
  assert.fail(`nothing in ${list} with ${query}; refused calls: ${reasons.join("; ") || "none"}`);
}

const says = (text) => control("POST", `/instances/${instance.key}/inbound`, { from: ANA, text });

before(async () => {
  instance = await control("POST", "/instances", { connected: true });
  bot = createBot({ url: MOCK, key: instance.key, token: instance.token }).listen(0, "127.0.0.1");
  await once(bot, "listening");
  const url = `http://127.0.0.1:${bot.address().port}/webhook`;
  await control("POST", `/instances/${instance.key}/webhook`, { url });
});

after(async () => {
  bot.close();
  await control("DELETE", `/instances/${instance.key}`);
});

test("it answers a text", async () => {
  await says("oi");
  const answer = await waitFor("messages", { from_me: "true", chat: ANA, text: "Você disse: oi" });
  assert.equal(answer.content.extendedTextMessage.text, "Você disse: oi");
});

test("it takes the webhook of its own message, and answers nothing to it", async () => {
  await says("bom dia");
  const answer = await waitFor("messages", { from_me: "true", text: "Você disse: bom dia" });
  const echo = await waitFor("deliveries", { event: "from-me-api-echo", message: answer.id });
  const { state } = await control("GET", `/deliveries/${echo.id}?wait=5`);
  assert.equal(state, "delivered");
  const sent = await control("GET", `/messages?instance=${instance.key}&from_me=true`);
  assert.equal(sent.items.filter(({ chat }) => chat === answer.chat).length, 2);
});
