// @ts-check
/** Resizing a node, group or note by a corner: the corner opposite stays. */
/** @import {App, Box, Draft, Key, Point} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {splitKey} from "../document/paths.js"
import {edit} from "./edit.js"
import {sized, snapped, snaps} from "./places.js"
import {Drafting} from "./tool.js"
import {GRID, HEADER, LEAST_WIDTH} from "../view/metrics.js"

/** Which corner it is. @typedef {{left: boolean, top: boolean}} Corner */

/** @type {Object<string, {w: number, h: number}>} */
const LEAST = {nodes: {w: LEAST_WIDTH, h: HEADER}, groups: {w: 5 * GRID, h: 3 * GRID},
  notes: {w: 4 * GRID, h: 2 * GRID}}

/** The corner of a box that a point is nearest to. @param {Box} box @param {Point} point
 * @returns {Corner} */
export function cornerAt(box, point) {
  return {left: point.x < box.x + box.w / 2, top: point.y < box.y + box.h / 2}
}

/** @param {Corner} corner @returns {string} */
export function cornerCursor({left, top}) {
  return left === top ? "nwse-resize" : "nesw-resize"
}

/** @param {Box} box @param {Corner} corner @param {number} dx @param {number} dy
 * @param {{w: number, h: number}} least @returns {Box} */
export function resized(box, corner, dx, dy, least) {
  const w = Math.max(least.w, box.w + (corner.left ? -dx : dx))
  const h = Math.max(least.h, box.h + (corner.top ? -dy : dy))
  return {
    x: corner.left ? box.x + box.w - w : box.x,
    y: corner.top ? box.y + box.h - h : box.y,
    w, h,
  }
}

export class Sizing extends Drafting {
  /** @param {Touch} start @param {Key} key @param {Box} box  as it is now */
  constructor(start, key, box) {
    super()
    this.start = start.point
    this.thing = key
    this.box = box
    this.corner = cornerAt(box, start.point)
    this.least = LEAST[splitKey(key)[0]]
    this.cursor = cornerCursor(this.corner)
  }

  /** @param {App} app @param {Touch} touch @returns {Draft} */
  draft(app, touch) {
    const {box, corner} = this
    let dx = touch.point.x - this.start.x
    let dy = touch.point.y - this.start.y
    if (snaps(app, touch)) {
      dx = snapped(corner.left ? box.x : box.x + box.w, dx)
      dy = snapped(corner.top ? box.y : box.y + box.h, dy)
    }
    return {kind: "size", key: this.thing, box: resized(box, corner, dx, dy, this.least)}
  }

  /** @param {App} app @param {Draft | null} draft */
  finish(app, draft) {
    if (draft?.kind === "size") edit(app, sized(app.scene, this.thing, draft.box))
  }
}
