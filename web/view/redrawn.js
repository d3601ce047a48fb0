// @ts-check
/** What has to be drawn again: boxes, or all once there are so many that looking at each costs more
 * than drawing. Knows no canvas. */
/** @import {Box} from "../types.js" */

/** More boxes than this, and all is drawn again. */
const MOST = 600

export class Redrawn {
  /** @type {Box[]} */
  boxes = []

  /** Whether all has to be drawn again. */
  get all() {
    return this.boxes.length > MOST
  }

  /** @param {() => Box | Box[]} boxes  not asked for once it is all */
  add(boxes) {
    if (!this.all) this.boxes.push(...[boxes()].flat())
  }
}
