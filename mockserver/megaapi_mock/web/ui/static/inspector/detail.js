// Everything that is known of one exchange or delivery.
import * as api from "../core/api.js";
import { outcomeLine } from "../core/dialog.js";
import { button, fill, h } from "../core/dom.js";
import { inLanguage, t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { outcomeOf } from "../core/records.js";
import { inFewWords, inWords } from "../core/sentences.js";
import { durationOf, momentOf, secondOf } from "../core/time.js";
import { asCurl, asPytest, asScript, chatOf, isTestable, obstacleOf } from "./copy_as.js";
import { isRounded, readExactly } from "./exact.js";
import { codeBlock, copyButton, headerBlock } from "./json_view.js";
import { openResend, resend } from "./resend.js";

/** The detail of a record; long numbers, which were rounded in the list, are shown as they are once they are read again. */
export function recordDetail(record, store) {
  const detail = detailOf(record, store);
  if (isRounded(record)) readExactly(record).then((exact) => detail.replaceWith(detailOf(exact, store)), () => undefined);
  return detail;
}

function detailOf(record, store) {
  return record.kind === "exchange" ? exchangeDetail(record, store) : deliveryDetail(record, store);
}

function heading(record, title, status) {
  return h("header", { class: "detail-head" }, h("h3", {}, title), h("span", { class: `pill pill-${outcomeOf(record)}` }, status));
}

/** What chaos did to a webhook: one mark after the other. */
function chaosOf(record) {
  return record.chaos?.split(", ").map(inWords).join(", ");
}

/** What can be copied whole; why not, where the journal has a part of the body alone. */
function copies(record, store) {
  const obstacle = obstacleOf(record);
  const token = store.instances.get(record.instance)?.token;
  const pytest = async () => asPytest(record, token, await plansOf(record, store));
  return h("div", { class: "actions" },
    obstacle ? h("p", { class: "hint" }, t(obstacle)) : copyButton(t("copy.curl"), () => asCurl(record)),
    !obstacle && isTestable(record) ? copyButton(t("copy.pytest"), pytest) : null,
    chatOf(record) ? copyButton(t("copy.script"), () => asScript(record)) : null);
}

/** The plans that have the operation of a record. */
async function plansOf({ operation }, store) {
  const operations = await store.list("/operations").catch(() => []);
  return operations.find(({ id }) => id === operation)?.plans ?? [];
}

function facts(pairs) {
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return h("dl", { class: "facts" }, given.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

function reasonLine(record) {
  if (!record.reason) return null;
  return h("p", { class: outcomeOf(record) === "ok" ? "reason" : "reason bad" }, icon("warning", 16), h("span", {}, inWords(record.reason)));
}

/** Spec file, evidence and title of an operation or event, filled in when the catalogue is there. */
function contractLine(store, path, matches) {
  const place = h("p", { class: "contract" });
  store.list(path).then((items) => {
    const entry = items.find(matches);
    if (!entry) return;
    fill(place, h("span", {}, inLanguage(entry.summary, entry.summary_pt)), h("code", {}, entry.spec_file),
      h("span", { class: `grade grade-${entry.grade}`, title: t("grade.title") }, t(`grade.${entry.grade}`)));
  }, () => undefined);
  return place;
}

function exchangeDetail(record, store) {
  const { request, response } = record;
  return h("article", { class: "detail" },
    heading(record, `${request.method} ${request.path}`, response.status || t("exchange.no-answer")),
    record.operation ? contractLine(store, "/operations", (one) => one.id === record.operation) : h("p", { class: "contract" }, t("exchange.unknown-route")),
    reasonLine(record),
    facts([
      [t("fact.time"), momentOf(record.time)], [t("fact.instance"), record.instance], [t("fact.operation"), record.operation],
      [t("fact.duration"), durationOf(record.duration_ms)], [t("fact.fault"), record.fault?.name], [t("fact.events"), record.events.join(", ")],
    ]),
    copies(record, store),
    record.violations.length ? codeBlock(t("exchange.violations"), record.violations.map(inWords).join("\n")) : null,
    codeBlock(t("exchange.request"), request.body, { note: sizeNote(request) }), headerBlock(t("exchange.request-headers"), request.headers),
    codeBlock(t("exchange.response"), response.body, { note: sizeNote(response) }), headerBlock(t("exchange.response-headers"), response.headers),
    h("p", { class: "id" }, record.id));
}

function sizeNote(part) {
  return part.cut ? t("body.cut", { size: part.size }) : null;
}

function deliveryDetail(record, store) {
  const outcome = outcomeLine();
  const sendAgain = () => resend(record, store).catch((refusal) => outcome.say(refusal.message, true));
  const again = h("div", { class: "actions" },
    obstacleOf(record) ? null : button(t("resend.edit"), () => openResend(record, store), { kind: "primary", icon: icon("edit", 16) }),
    button(t("resend.same"), sendAgain, { icon: icon("webhook", 16) }));
  return h("article", { class: "detail", "data-record": record.id },
    heading(record, record.event, t(`delivery.${record.state}`)),
    contractLine(store, "/events", (one) => one.name === record.event),
    reasonLine(record),
    facts([
      [t("fact.time"), momentOf(record.time)], [t("fact.instance"), record.instance], [t("fact.url"), record.url],
      [t("fact.type"), record.message_type], [t("fact.chaos"), chaosOf(record)],
    ]),
    again, outcome, copies(record, store),
    h("h4", {}, t("delivery.attempts")), record.attempts.length ? record.attempts.map(attempt) : h("p", { class: "empty" }, t("delivery.no-attempt")),
    h("h4", {}, t("delivery.calls")), callList(record, store),
    codeBlock(t("delivery.payload"), record.payload, { note: sizeNote(record) }),
    h("p", { class: "id" }, record.id));
}

function attempt(one) {
  const good = one.status >= 200 && one.status < 300;
  return h("div", { class: `attempt ${good ? "" : "bad"}` },
    h("div", { class: "attempt-head" }, h("time", {}, secondOf(one.time)), h("strong", {}, one.status ?? t("delivery.no-answer")),
      h("span", {}, durationOf(one.duration_ms)), one.error ? h("span", { class: "reason bad" }, inWords(one.error)) : null),
    codeBlock(t("delivery.answer"), one.body), headerBlock(t("exchange.response-headers"), one.headers));
}

function callList(record, store) {
  const place = h("div", { class: "calls" }, h("p", { class: "empty" }, t("loading")));
  api.callsOf(record.id).then(({ items, unclear }) => {
    const shown = items.map(({ why, exchange }) => call({ ...exchange, kind: "exchange" }, why, store));
    fill(place, shown.length ? shown : h("p", { class: "empty" }, t(unclear ? "delivery.calls-unclear" : "delivery.no-calls")));
  }, (refusal) => fill(place, h("p", { class: "empty" }, refusal.message)));
  return place;
}

/** A call in one line, opened to its detail. */
function call(exchange, why, store) {
  const inside = h("div");
  const row = h("details", { class: `call call-${outcomeOf(exchange)}` },
    h("summary", {}, h("span", { class: `pill pill-${outcomeOf(exchange)}` }, exchange.response.status || "—"),
      h("strong", {}, exchange.operation ?? exchange.request.path), h("small", {}, t(`calls.${why}`)),
      exchange.reason ? h("small", { class: "reason bad" }, inFewWords(exchange.reason)) : null),
    inside);
  row.addEventListener("toggle", () => { if (row.open && !inside.firstChild) inside.append(recordDetail(exchange, store)); });
  return row;
}
