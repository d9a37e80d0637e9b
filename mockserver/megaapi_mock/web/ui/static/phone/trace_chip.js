// The small line below a bubble: what became of the webhook, or which call made the message.
import { h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { answerOf, outcomeOf } from "../core/records.js";
import { durationOf } from "../core/time.js";

/** The line of a message, or null where nothing is known of it. */
export function traceChip(message, records, onClick) {
  const kind = message.from_me ? "exchange" : "delivery";
  const known = records.ofMessage(message.id, kind).filter((record) => record.instance === message.instance);
  const record = known.at(-1);
  const { label, outcome } = record ? summary(record, known.length) : { label: t("trace.look"), outcome: "none" };
  return h("button", { type: "button", class: `trace trace-${outcome}`, title: t("trace.title"), on: { click: onClick } },
    icon(message.from_me ? "call" : "webhook", 13), label);
}

function summary(record, count) {
  const times = count > 1 ? ` ×${count}` : "";
  if (record.kind === "exchange") {
    return { label: `${record.operation} ${record.response.status}${times}`, outcome: outcomeOf(record) };
  }
  const { status, milliseconds } = answerOf(record);
  const outcome = outcomeOf(record);
  if (outcome === "waiting") return { label: t("delivery.queued") + times, outcome };
  if (status === null) return { label: t(`delivery.${record.state}`) + times, outcome };
  return { label: `webhook ${status} · ${durationOf(milliseconds)}${times}`, outcome };
}
