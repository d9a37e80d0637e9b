// A bot on Node.js alone: it answers every text of a customer. node examples/node/bot.mjs 9000
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

/** The bot as a server that is not listening yet; `gateway` has url, key and token. */
export function createBot({ url, key, token }) {
  async function send(kind, messageData) {
    const answer = await fetch(`${url}/rest/sendMessage/${key}/${kind}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ messageData }),
    });
    // The real gateway does not say what is wrong; the mock does, in this header.
    if (!answer.ok) console.error(answer.status, answer.headers.get("x-mock-reason"));
  }

  async function take({ key: { fromMe, remoteJid } = {}, message = {} }) {
    const text = message?.conversation ?? message?.extendedTextMessage?.text;
    // Its own messages come as webhooks too, and stories and channels cannot be answered.
    if (fromMe || !text || !/@(s\.whatsapp\.net|lid)$/.test(remoteJid)) return;
    await send("text", { to: remoteJid, text: `Você disse: ${text}` });
  }

  return createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    // Answer first: the gateway waits for nothing but a status of 2xx.
    response.writeHead(200).end();
    await take(JSON.parse(body || "{}")).catch(console.error);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { MEGAAPI_GATEWAY: url, MEGAAPI_INSTANCE_KEY: key, MEGAAPI_TOKEN: token } = process.env;
  createBot({ url, key, token }).listen(Number(process.argv[2] ?? 9000), "127.0.0.1");
}
