import { h } from "../core/dom.js";

export class InspectorView {
  constructor() {
    this.element = h("div");
  }

  end() {}
}
