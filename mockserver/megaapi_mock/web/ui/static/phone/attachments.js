// What a customer can send beside text: files of their own or made-up ones, a place, a contact, a
// poll, and what is not a message (typing, a call).
import { button, field, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";
import { openMenu } from "../core/menu.js";
import { digitsOf, isNumber } from "./numbers.js";
import { dataUri } from "./recorder.js";

const PART = { image: "imageMessage", video: "videoMessage", document: "documentMessage" };

/** The event a file of that type is sent as. */
export function eventFor(type) {
  const family = type.split("/")[0];
  return { image: "image", video: "video", audio: "audio-file" }[family] ?? "document";
}

/** Send a file the user chose. */
export function sendFile(phone, file, caption = "") {
  if (!file.size) return phone.notice(t("attach.empty", { name: file.name }));
  const event = eventFor(file.type);
  const set = event === "document" ? { "message.documentMessage.fileName": file.name, "message.documentMessage.title": file.name } : {};
  if (caption && PART[event]) set[`message.${PART[event]}.caption`] = caption;
  return phone.act({ event, media: dataUri(file), ...(Object.keys(set).length ? { set } : {}) });
}

/** Open the menu of attachments; `onChosen` hears that something was chosen. */
export function openAttachments(anchor, phone, onChosen) {
  const choose = (act) => () => {
    onChosen();
    act();
  };
  const send = (event) => choose(() => phone.act({ event }));
  // What becomes no bubble is said: it was done all the same.
  const tell = (event, key, more = {}) => choose(async () => { if (await phone.act({ event, ...more })) phone.notice(t(`attach.${key}-done`)); });
  const made = (event, key, name) => ({ label: t(`attach.${key}`), icon: icon(name, 16), act: send(event) });
  openMenu(anchor, [
    { label: t("attach.file"), icon: icon("attach", 16), act: choose(() => openFileForm(phone)) },
    made("image", "image", "image"), made("video", "video", "video"), made("audio-voice-note", "voice", "microphone"),
    made("audio-file", "audio", "audio"), made("document", "document", "document"), made("sticker", "sticker", "smile"),
    { label: t("attach.location"), icon: icon("location", 16), act: choose(() => openLocationForm(phone)) },
    { label: t("attach.contact"), icon: icon("person", 16), act: choose(() => openContactForm(phone)) },
    made("poll-creation", "poll", "poll"),
    { label: t("attach.typing"), icon: icon("edit", 16), act: tell("presence", "typing", { option: "composing" }) },
    { label: t("attach.recording"), icon: icon("microphone", 16), act: tell("presence", "recording", { option: "recording" }) },
    { label: t("attach.call"), icon: icon("call", 16), act: tell("call", "call") },
  ], { label: t("composer.attach") });
}

function openFileForm(phone) {
  const file = h("input", { type: "file", required: true });
  const caption = h("input", { type: "text", maxlength: 1000 });
  openForm(phone, t("attach.file"), [field(t("attach.choose"), file), field(t("attach.caption"), caption)],
    () => file.files[0] && sendFile(phone, file.files[0], caption.value.trim()));
}

function openLocationForm(phone) {
  const latitude = h("input", { type: "number", step: "any", min: -90, max: 90, value: "-15.7801", required: true });
  const longitude = h("input", { type: "number", step: "any", min: -180, max: 180, value: "-47.9292", required: true });
  const name = h("input", { type: "text", value: t("attach.place-name") });
  const address = h("input", { type: "text" });
  openForm(phone, t("attach.location"), [
    field(t("attach.latitude"), latitude), field(t("attach.longitude"), longitude), field(t("attach.name"), name), field(t("attach.address"), address),
  ], () => phone.act({ event: "location", set: {
    "message.locationMessage.degreesLatitude": Number(latitude.value),
    "message.locationMessage.degreesLongitude": Number(longitude.value),
    "message.locationMessage.name": name.value,
    "message.locationMessage.address": address.value,
  } }));
}

function openContactForm(phone) {
  const name = h("input", { type: "text", value: "Test Person", required: true });
  const number = h("input", { type: "tel", value: "5511900000003", required: true });
  number.addEventListener("input", () => number.setCustomValidity(isNumber(number.value) ? "" : t("attach.no-number")));
  openForm(phone, t("attach.contact"), [field(t("attach.name"), name), field(t("attach.number"), number)], () => phone.act({
    event: "contact",
    set: { "message.contactMessage.displayName": name.value, "message.contactMessage.vcard": vcard(name.value, digitsOf(number.value)) },
  }));
}

function vcard(name, number) {
  const plain = name.replace(/[\r\n;,:]/g, " ");
  return `BEGIN:VCARD\nVERSION:3.0\nFN:${plain}\nitem1.TEL;waid=${number}:+${number}\nEND:VCARD`;
}

function openForm(phone, title, fields, send) {
  const form = h("form", { class: "sheet-form" }, fields, button(t("send"), () => undefined, { kind: "primary", type: "submit" }));
  const sheet = phone.openSheet(title.replace("…", ""), [form]);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sheet.close();
    send();
  });
}
