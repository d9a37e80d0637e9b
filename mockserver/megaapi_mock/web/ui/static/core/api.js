// The control API, as spec/control.yaml describes it. The page uses nothing else.

import { t } from "./i18n.js";
import { inWords } from "./sentences.js";

const KEPT_AS = "megaapi-mock-token";
const ROOT = "/_mock";
const DISABLED = "the control API is disabled on ";
let askForToken = async () => null;
let showDisabled = () => undefined;
let asking = null;
let isDeclined = false;

/** A refusal of the server: its sentence and its status. */
export class Refusal extends Error {
  constructor(sentence, status) {
    super(inWords(sentence));
    this.status = status;
  }
}

/** Who asks the user for the control token; gives it, or null. */
export function onTokenWanted(ask) {
  askForToken = ask;
}

/** Who says that this server has no control API at the address it listens on; hears the server's sentence. */
export function onDisabled(show) {
  showDisabled = show;
}

/** Whether a text can go as a control token: what a header cannot carry, fetch refuses to send. */
export const isSendable = (token) => /^[!-~]([ -~]*[!-~])?$/.test(token);

/** The token of this tab; null where none is kept, or one that can be nobody's. */
function keptToken() {
  const token = sessionStorage.getItem(KEPT_AS);
  return token && isSendable(token) ? token : null;
}

function headers(extra = {}) {
  const token = keptToken();
  return token ? { ...extra, "X-Mock-Token": token } : extra;
}

/** Call a route of the control API; a missing or wrong token is asked for, until that is declined. */
export async function request(path, options = {}) {
  const send = () => fetch(ROOT + path, { ...options, headers: headers(options.headers) }).catch(noAnswer);
  const sent = keptToken();
  const response = await send();
  if (response.status !== 403) return response;
  const sentence = (await response.clone().json().catch(() => ({}))).error ?? "";
  if (sentence.startsWith(DISABLED)) showDisabled(sentence);
  if (!sentence.startsWith("X-Mock-Token") || isDeclined) return response;
  // Another call may have been given the token meanwhile.
  if (keptToken() === sent) await obtainToken(sent !== null);
  return send();
}

function noAnswer(trouble) {
  // This is how fetch says that nobody answered.
  throw trouble instanceof TypeError ? new Refusal(t("server.gone"), 0) : trouble;
}

async function obtainToken(wasWrong) {
  asking ??= askForToken(wasWrong).finally(() => { asking = null; });
  const token = await asking;
  isDeclined = !token;
  if (token) sessionStorage.setItem(KEPT_AS, token);
}

async function json(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.body = typeof body === "string" ? body : JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  const response = await request(path, options);
  const document = await response.json().catch(() => ({ error: `${response.status} ${response.statusText}` }));
  if (!response.ok) throw new Refusal(document.error ?? response.statusText, response.status);
  return document;
}

export const get = (path) => json("GET", path);
export const post = (path, body = {}) => json("POST", path, body);
export const put = (path, body) => json("PUT", path, body);
export const remove = (path) => json("DELETE", path);

/** The body of an answer as it is, for files. */
export async function text(path) {
  const response = await request(path);
  const body = await response.text();
  if (!response.ok) throw new Refusal(sentenceOf(body), response.status);
  return body;
}

function sentenceOf(body) {
  try {
    return JSON.parse(body).error ?? body;
  } catch {
    return body;
  }
}

/** A query string of what is neither null nor empty. */
export function query(values) {
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(given).toString();
  return search ? `?${search}` : "";
}

const instancePath = (key, rest = "") => `/instances/${encodeURIComponent(key)}${rest}`;

/** Every page of a list, up to a limit. */
async function every(path, limit = 500, most = 5000) {
  const items = [];
  let since = null;
  do {
    const separator = path.includes("?") ? "&" : "?";
    const page = await get(`${path}${separator}${new URLSearchParams({ limit, ...(since ? { since } : {}) })}`);
    items.push(...page.items);
    since = page.next;
  } while (since && items.length < most);
  return items;
}

export const instances = () => every("/instances");
export const createInstance = (wishes = {}) => post("/instances", wishes);
export const deleteInstance = (key) => remove(instancePath(key));
export const onInstance = (key, action, body = {}) => post(instancePath(key, `/${action}`), body);
export const readInstance = (key, action) => get(instancePath(key, action));
export const chatsOf = (key, filter) => get(instancePath(key, `/chats${query(filter)}`));
export const everyChat = (key, filter) => every(instancePath(key, `/chats${query(filter)}`));
export const contactsOf = (key, filter) => get(instancePath(key, `/contacts${query(filter)}`));
export const contact = (key, number) => get(instancePath(key, `/contacts/${encodeURIComponent(number)}`));
export const changeContact = (key, number, change) =>
  post(instancePath(key, `/contacts/${encodeURIComponent(number)}`), change);
export const group = (key, jid) => get(instancePath(key, `/groups/${encodeURIComponent(jid)}`));
export const createGroup = (key, wishes) => post(instancePath(key, "/groups"), wishes);
export const inbound = (key, action) => post(instancePath(key, "/inbound"), action);
export const mediaOf = (key, path) => get(instancePath(key, `/media${query({ path })}`));
export const messages = (filter) => get(`/messages${query({ order: "newest", ...filter })}`);
export const firstMessage = (filter) => get(`/messages${query({ ...filter, limit: 1 })}`).then(({ items }) => items[0] ?? null);
export const exchanges = (filter) => get(`/exchanges${query({ order: "newest", ...filter })}`);
export const deliveries = (filter) => get(`/deliveries${query({ order: "newest", ...filter })}`);
export const exchange = (id) => get(`/exchanges/${encodeURIComponent(id)}`);
export const delivery = (id, wait = 0) => get(`/deliveries/${encodeURIComponent(id)}${query({ wait: wait || null })}`);
export const callsOf = (id) => get(`/deliveries/${encodeURIComponent(id)}/calls`);
export const resend = (id, body) => post(`/deliveries/${encodeURIComponent(id)}/resend`, body === null ? {} : `{"body":${body}}`);
export const chaosOf = (key) => get(instancePath(key, "/chaos"));
export const startChaos = (key, settings) => post(instancePath(key, "/chaos"), settings);
export const endChaos = (key) => remove(instancePath(key, "/chaos"));
export const saveState = (key) => text(`/state${query({ instance: key })}`);
export const loadState = (body, key) => put(`/state${query({ instance: key })}`, body);
export const exportConversation = (key, chat, format, from) =>
  text(instancePath(key, `/conversation${query({ chat, format, from })}`));
