// @ts-check
/** A button is down and nobody knows yet whether it will be a click or a drag. */
/** @import {App} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {Tool} from "./tool.js"

const SLACK = {mouse: 4, touch: 9} // screen pixels that a hand trembles

/** What may come of a press; what is absent does nothing.
 * @typedef {{click?: (app: App, touch: Touch) => void, hold?: (app: App, touch: Touch) => void,
 *   drag?: (app: App, start: Touch) => Tool | null}} Outcomes */

export class Pointing extends Tool {
  /** @param {Touch} start @param {Outcomes} outcomes */
  constructor(start, outcomes) {
    super()
    this.start = start
    this.outcomes = outcomes
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  move(app, touch) {
    const {x, y} = this.start.screen
    const far = Math.hypot(touch.screen.x - x, touch.screen.y - y)
    if (far <= SLACK[touch.touch ? "touch" : "mouse"]) return this
    const tool = this.outcomes.drag?.(app, this.start) ?? null
    return tool ? tool.move(app, touch) : new Spent()
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  up(app, touch) {
    this.outcomes.click?.(app, touch)
    return null
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  hold(app, touch) {
    if (!this.outcomes.hold) return this
    this.outcomes.hold(app, touch)
    return new Spent()
  }
}

/** A button that is still down but means nothing any more. */
class Spent extends Tool {}
