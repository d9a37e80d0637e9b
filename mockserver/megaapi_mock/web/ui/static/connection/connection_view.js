import { h } from "../core/dom.js";

export class ConnectionView {
  constructor() {
    this.element = h("div");
  }

  end() {}
}
