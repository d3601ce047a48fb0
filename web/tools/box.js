// @ts-check
/** Selecting with a box. */
/** @import {App, Draft} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {boxBetween, boxed, select} from "./select.js"
import {Tool} from "./tool.js"

export class Boxing extends Tool {
  cursor = "crosshair"
  follows = true

  /** @param {App} app @param {Touch} start @param {boolean} more  adds to what is selected */
  constructor(app, start, more) {
    super()
    this.start = start.point
    this.before = app.session.selection
    this.kept = more ? this.before : new Set()
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  move(app, touch) {
    const box = boxBetween(this.start, touch.point)
    /** @type {Draft} */
    const draft = {kind: "box", box}
    select(app, new Set([...this.kept, ...boxed(app.scene, box)]))
    app.session.set({draft})
    return this
  }

  /** @param {App} app @returns {Tool | null} */
  up(app) {
    app.session.set({draft: null})
    return null
  }

  /** @param {App} app @returns {Tool | null} */
  cancel(app) {
    app.session.set({draft: null, selection: this.before})
    return null
  }
}
