// Server-sent events over fetch, because EventSource can neither send the control token nor say
// that the server has answered. It connects again by itself and names the last id it has read.
import { request } from "./api.js";

const PAUSES = [250, 500, 1000, 2000];

/** Split what has arrived into whole events and the rest. */
export function splitEvents(text) {
  const blocks = text.split(/\r?\n\r?\n/);
  const rest = blocks.pop();
  return { events: blocks.map(parseEvent), rest };
}

/** One event: its id, name and data; a comment has neither name nor data. */
export function parseEvent(block) {
  const event = { id: null, name: "message", data: "" };
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "id") event.id = value;
    else if (name === "event") event.name = value;
    else if (name === "data") event.data += (event.data ? "\n" : "") + value;
  }
  return event;
}

/** Follow the stream for ever; `onEvent(name, data)`, `onOpen(resumed)`, `onLoss()`. */
export class Stream {
  constructor({ onEvent, onOpen, onLoss }) {
    Object.assign(this, { onEvent, onOpen, onLoss });
    this.lastId = null;
    this.failures = 0;
    this.ended = false;
  }

  async follow() {
    while (!this.ended) {
      await this.read().catch(() => undefined);
      if (this.ended) return;
      this.onLoss();
      await pause(PAUSES[Math.min(this.failures, PAUSES.length - 1)]);
      this.failures += 1;
    }
  }

  async read() {
    const headers = this.lastId === null ? {} : { "Last-Event-ID": this.lastId };
    const response = await request("/stream", { headers, cache: "no-store" });
    if (!response.ok) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let open = false;
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      if (!open) {
        open = true;
        this.failures = 0;
        this.onOpen(this.lastId !== null);
      }
      const split = splitEvents(rest + value);
      rest = split.rest;
      split.events.forEach((event) => this.hear(event));
    }
  }

  hear(event) {
    if (event.id !== null) this.lastId = event.id;
    if (!event.data) return;
    try {
      this.onEvent(event.name, JSON.parse(event.data));
    } catch (trouble) {
      // One event that cannot be shown must not cost the connection, nor go unseen.
      reportError(trouble);
    }
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
