// Pictures, sounds, films and files of a message: fetched from the control API when they come into
// view, shown from a blob.
import * as api from "../core/api.js";
import { button, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";

const KEPT = 60;
const files = new Map();

/** A file's blob address; the same file is fetched once while it is kept. */
async function fileOf(instance, path) {
  const key = `${instance} ${path}`;
  if (!files.has(key)) {
    const reading = read(instance, path);
    files.set(key, reading);
    reading.catch(() => files.delete(key));
    dropOldest();
  }
  return files.get(key);
}

async function read(instance, path) {
  const file = await api.mediaOf(instance, path);
  const bytes = Uint8Array.from(atob(file.data), (letter) => letter.charCodeAt(0));
  return { address: URL.createObjectURL(new Blob([bytes], { type: file.mimetype })), ...file, data: null };
}

function dropOldest() {
  if (files.size <= KEPT) return;
  const [key, reading] = files.entries().next().value;
  files.delete(key);
  reading.then((file) => URL.revokeObjectURL(file.address), () => undefined);
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    seen.unobserve(entry.target);
    entry.target.dispatchEvent(new Event("seen"));
  }
}, { rootMargin: "300px" });

/** A place that is filled with what `show(file)` gives, now or later, once it is near the screen. */
function whenSeen(message, part, className, show) {
  const place = h("div", { class: className }, h("span", { class: "waiting" }, t("media.loading")));
  place.addEventListener("seen", async () => {
    try {
      const file = await fileOf(message.instance, part.directPath ?? part.url);
      place.replaceChildren(...await show(file));
    } catch (refusal) {
      place.replaceChildren(h("span", { class: "media-gone" }, icon("warning", 16), refusal.message));
    }
  }, { once: true });
  seen.observe(place);
  return place;
}

function download(file, name) {
  const extension = file.mimetype.split("/")[1]?.split(/[;+]/)[0] ?? "bin";
  return h("a", {
    class: "download", href: file.address, download: name ?? `${file.kind}.${extension}`, title: t("media.download"),
    "aria-label": t("media.download"),
  }, icon("download", 18));
}

export function image(message, part, { sticker = false } = {}) {
  return whenSeen(message, part, sticker ? "media sticker" : "media picture", async (file) => {
    const picture = h("img", { src: file.address, alt: part.caption || t("kind.image"), class: "zoomable" });
    const open = button(t("media.open"), () => enlarge(file, picture.alt), { kind: "plain picture-button", "aria-label": t("media.open") });
    // Not shown before it has its size: a place that shrinks and grows again moves what is around it.
    const isPicture = await picture.decode().then(() => true, () => false);
    open.replaceChildren(...(isPicture ? [picture] : [icon("image", 40), h("span", {}, t("media.broken"))]));
    return [open, download(file)];
  });
}

/** A player, or a sentence where the browser cannot play the file. */
function player(kind, file, label, name) {
  const element = h(kind, { src: file.address, controls: true, preload: "metadata", "aria-label": label });
  const place = h("span", { class: "player" }, element);
  element.addEventListener("error", () => fill(place, icon(name, 40), h("span", {}, t("media.unplayable"))));
  return place;
}

export function video(message, part) {
  return whenSeen(message, part, "media film", (file) => [player("video", file, part.caption || t("kind.video"), "video"), download(file)]);
}

export function audio(message, part) {
  return whenSeen(message, part, "media sound", (file) => [
    icon(part.ptt ? "microphone" : "audio", 20), player("audio", file, t(part.ptt ? "kind.voice" : "kind.audio"), "audio"), download(file),
  ]);
}

export function document_(message, part) {
  const name = part.fileName ?? part.title ?? t("kind.document");
  return whenSeen(message, part, "media file", (file) => [
    icon("document", 28),
    h("span", { class: "file-name" }, name, h("small", {}, `${sizeOf(file.length)} · ${file.mimetype}`)),
    download(file, name),
  ]);
}

/** 839 B, 12 kB */
export function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function enlarge(file, alt) {
  const dialog = h("dialog", { class: "enlarged", "aria-label": alt },
    button(t("close"), () => dialog.close(), { icon: icon("close"), bare: true }),
    h("img", { src: file.address, alt }));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}
