// A voice note recorded with the browser's microphone.
import { button, fill, h } from "../core/dom.js";
import { t } from "../core/i18n.js";
import { icon } from "../core/icons.js";

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LONGEST = 120_000;

/** A file as a data URI. */
export function dataUri(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

export class Recorder {
  constructor(onNote, onTrouble) {
    Object.assign(this, { onNote, onTrouble });
    this.recorder = null;
    this.isCancelled = false;
    this.isDisabled = false;
    this.isOffered = Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);
    this.element = h("div", { class: "recorder" });
    this.draw();
  }

  draw() {
    const recording = Boolean(this.recorder);
    fill(this.element, button(t(recording ? "recorder.stop" : "recorder.start"), () => (recording ? this.stop() : this.start()),
      { kind: recording ? "danger send" : "plain send", icon: icon(recording ? "stop" : "microphone"), bare: true, "aria-pressed": String(recording), disabled: this.isDisabled }));
  }

  /** Let nothing be recorded, or something again; what is being recorded is not sent. */
  disable(isDisabled) {
    if (this.isDisabled === isDisabled) return;
    this.isDisabled = isDisabled;
    if (isDisabled) this.cancel();
    this.draw();
  }

  async start() {
    this.isCancelled = false;
    try {
      const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
      // The chat may have been left while the browser asked.
      if (this.isCancelled) sound.getTracks().forEach((track) => track.stop());
      else this.record(sound);
    } catch (trouble) {
      // Browsers say the rest in a language of their own.
      this.onTrouble(t(trouble.name === "NotAllowedError" ? "recorder.not-allowed" : "recorder.refused"));
    }
  }

  record(sound) {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const pieces = [];
    this.recorder = new MediaRecorder(sound, { mimeType });
    this.recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    this.recorder.addEventListener("stop", () => this.finish(sound, new Blob(pieces, { type: this.recorder.mimeType })));
    this.recorder.start();
    this.limit = setTimeout(() => this.stop(), LONGEST);
    this.draw();
  }

  stop() {
    clearTimeout(this.limit);
    this.recorder?.stop();
  }

  /** Stop without sending anything. */
  cancel() {
    this.isCancelled = true;
    this.stop();
  }

  finish(sound, blob) {
    sound.getTracks().forEach((track) => track.stop());
    this.recorder = null;
    this.draw();
    if (blob.size && !this.isCancelled) this.onNote(dataUri(blob));
  }
}
