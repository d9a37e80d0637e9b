// Who wants to hear of what. A subscription ends with `stop()`, or with the element it is tied to.

/** Named topics with listeners. */
export class Topics {
  constructor() {
    this.listeners = new Map();
  }

  /** Call `listener` whenever that topic is published; gives what ends it. */
  on(topic, listener) {
    if (!this.listeners.has(topic)) this.listeners.set(topic, new Set());
    this.listeners.get(topic).add(listener);
    return () => this.listeners.get(topic)?.delete(listener);
  }

  publish(topic, value) {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) listener(value);
  }
}

/** Subscriptions that end together, when what they belong to leaves the page. */
export class Subscriptions {
  constructor(topics) {
    this.topics = topics;
    this.stops = [];
  }

  on(topic, listener) {
    this.stops.push(this.topics.on(topic, listener));
  }

  add(stop) {
    this.stops.push(stop);
  }

  end() {
    this.stops.splice(0).forEach((stop) => stop());
  }
}
