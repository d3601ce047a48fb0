// @ts-check
/** Pulling at a widget: a number follows the hand. */
/** @import {App, Draft, Json, WidgetHand} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {Drafting} from "./tool.js"

export class Pulling extends Drafting {
  cursor = "ew-resize"

  /** @param {Touch} start @param {WidgetHand} hand
   * @param {NonNullable<import("../types.js").Widget["drag"]>} drag  the widget's own */
  constructor(start, hand, drag) {
    super()
    this.start = start.screen
    this.hand = hand
    this.drag = drag
    /** @type {Json} */
    this.value = hand.place.value
  }

  /** @param {App} app @param {Touch} touch @returns {Draft} */
  draft(app, touch) {
    void app
    const {node, place} = this.hand
    const held = {shift: touch.shift, ctrl: touch.ctrl}
    const value = this.drag(this.hand, this.value, touch.screen.x - this.start.x, held)
    return {kind: "value", node, name: place.name, value}
  }

  /** @param {App} app @param {Draft | null} draft */
  finish(app, draft) {
    void app
    if (draft?.kind === "value") this.hand.set(draft.value)
  }
}
