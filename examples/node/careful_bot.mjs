// A bot that stands duplicates, bursts and its own echo: it takes note, says 200, and works later.
//
// node examples/node/careful_bot.mjs 9000 (environment: MEGAAPI_GATEWAY, MEGAAPI_INSTANCE_KEY, MEGAAPI_TOKEN)

import { createServer } from "node:http";

const { MEGAAPI_GATEWAY: gateway, MEGAAPI_INSTANCE_KEY: key, MEGAAPI_TOKEN: token } = process.env;
const REMEMBERED = 10_000;
// Nothing to answer: reactions, edits, deletions.
const SILENT = ["reactionMessage", "protocolMessage"];
const seen = new Set();
let lastAnswer = Promise.resolve();

function take(event) {
  const { key, message } = event;
  const chat = key?.remoteJid ?? "";
  const skipped = chat.endsWith("status@broadcast") || chat.endsWith("@newsletter");
  if (!key || key.fromMe || skipped || !message || typeof message !== "object") return;
  if (SILENT.some((kind) => kind in message) || seen.has(key.id)) return;
  seen.add(key.id);
  if (seen.size > REMEMBERED) seen.delete(seen.values().next().value);
  // One after the other: answers keep the order of the questions.
  lastAnswer = lastAnswer
    .then(() => answer(key, message))
    .catch((error) => console.error(`${key.id} is not answered: ${error.message}`));
}

async function answer(quoted, message) {
  const messageData = { to: quoted.remoteJid, text: "Obrigado!", key: quoted, message };
  const reply = await fetch(`${gateway}/rest/sendMessage/${key}/quoteMessage`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ messageData }),
    signal: AbortSignal.timeout(10_000),
  });
  await reply.arrayBuffer();
  if (!reply.ok) throw new Error(`${reply.status} ${reply.headers.get("X-Mock-Reason") ?? ""}`);
}

createServer(async (request, response) => {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  response.end();
  take(JSON.parse(body));
}).listen(Number(process.argv[2]), "127.0.0.1");
