// Everything the page knows of the mock, kept current by the stream.
import * as api from "./api.js";
import { ChatLog } from "./chat_log.js";
import { Records } from "./records.js";
import { Stream } from "./stream.js";
import { Topics } from "./topics.js";

export class Store {
  constructor() {
    this.topics = new Topics();
    this.instances = new Map();
    this.logs = new Map();
    this.records = new Records(this.topics);
    this.clock = { now: Date.now() / 1000, frozen: false, readAt: Date.now() };
    this.presence = new Map();
    this.live = false;
    // What the stream says of instances while they are being read: null where none is, or one is removed.
    this.heardMeanwhile = null;
    this.loaded = false;
    this.catalogue = new Map();
    this.stream = new Stream({
      onEvent: (name, data) => this.hear(name, data),
      onOpen: (resumed) => this.opened(resumed),
      onLoss: () => this.setLive(false),
    });
  }

  on(topic, listener) {
    return this.topics.on(topic, listener);
  }

  start() {
    this.stream.follow();
  }

  opened(resumed) {
    this.setLive(true);
    if (!resumed) this.loadAll();
  }

  setLive(live) {
    if (this.live === live) return;
    this.live = live;
    this.topics.publish("live", live);
  }

  async loadAll() {
    const heard = new Map();
    this.heardMeanwhile = heard;
    // A chat that is opened from now on is read after what happened, and heard from then on.
    const logs = [...this.logs.values()];
    const [instances, clock] = await Promise.all([api.instances(), api.get("/clock"), this.records.load()]);
    // Asked for again meanwhile: that answer is the newer one.
    if (this.heardMeanwhile !== heard) return;
    this.heardMeanwhile = null;
    this.instances = new Map(instances.map((instance) => [instance.key, instance]));
    for (const [key, instance] of heard) {
      if (instance) this.instances.set(key, instance);
      else this.instances.delete(key);
    }
    this.setClock(clock);
    this.loaded = true;
    this.topics.publish("instances");
    this.topics.publish("loaded");
    await Promise.all(logs.map((log) => log.reload()));
  }

  /** The log of a chat, loading or loaded. */
  log(instance, chat) {
    const key = `${instance} ${chat}`;
    if (!this.logs.has(key)) this.logs.set(key, new ChatLog(this.topics, instance, chat));
    return this.logs.get(key);
  }

  hear(name, data) {
    const hearers = {
      exchange: () => this.records.hear("exchange", data),
      delivery: () => this.records.hear("delivery", data),
      message: () => this.hearMessage(data),
      instance: () => this.hearInstance(data),
      "instance-removed": () => this.forgetInstance(data.instance),
      presence: () => this.hearPresence(data),
      clock: () => this.setClock(data),
      reset: () => this.hearReset(data),
    };
    (hearers[name] ?? (() => this.topics.publish(name, data)))();
  }

  hearMessage(message) {
    // Nobody is shown typing whose message has come.
    this.presence.delete(`${message.instance} ${message.chat} ${message.sender}`);
    this.logs.get(`${message.instance} ${message.chat}`)?.hear(message);
    this.topics.publish("message", message);
  }

  hearInstance(instance) {
    // Lists of instances show their names.
    const isNew = this.instances.get(instance.key)?.name !== instance.name;
    this.heardMeanwhile?.set(instance.key, instance);
    this.instances.set(instance.key, instance);
    this.topics.publish(isNew ? "instances" : "instance", instance);
  }

  forgetInstance(key) {
    this.heardMeanwhile?.set(key, null);
    this.instances.delete(key);
    this.topics.publish("instances");
  }

  hearPresence(data) {
    this.presence.set(`${data.instance} ${data.chat} ${data.participant}`, data);
    this.topics.publish("presence", data);
  }

  hearReset({ reason, instance }) {
    if (!instance || reason !== "rewind") {
      // What the server has lost or removed is not kept here.
      this.records.clear();
      this.loadAll();
      return;
    }
    for (const log of this.logs.values()) if (log.instance === instance) log.reload();
    this.readInstance(instance);
    this.topics.publish("rewound", instance);
  }

  /** Read how an instance is shown now: nothing is told of what ends by itself. */
  readInstance(key) {
    return api.readInstance(key, "").then((shown) => this.hearInstance(shown), () => undefined);
  }

  setClock(clock) {
    this.clock = { ...clock, readAt: Date.now() };
    this.topics.publish("clock", this.clock);
  }

  /** The mock's time now, in seconds. */
  now() {
    const { now, frozen, readAt } = this.clock;
    return frozen ? now : now + (Date.now() - readAt) / 1000;
  }

  /** A list of the catalogue that does not change while the server runs; read once. */
  list(path) {
    if (!this.catalogue.has(path)) {
      const reading = api.get(path).then((page) => page.items);
      reading.catch(() => this.catalogue.delete(path));
      this.catalogue.set(path, reading);
    }
    return this.catalogue.get(path);
  }
}
