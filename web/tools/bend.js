// @ts-check
/** Making a reroute: a point that a link passes. */
/** @import {App, Draft, LinkPlace, Op, Point} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {reroute} from "../document/changes.js"
import {edit} from "./edit.js"
import {snapped, snaps} from "./places.js"
import {Drafting} from "./tool.js"
import {distance} from "../view/route.js"

/** Pulling a new reroute out of a link. */
export class Bending extends Drafting {
  cursor = "grabbing"
  follows = true

  /** @param {LinkPlace} link @param {Point} start */
  constructor(link, start) {
    super()
    this.link = link
    this.index = spanAt(link.points, start)
  }

  /** @param {App} app @param {Touch} touch @returns {Draft} */
  draft(app, touch) {
    const {x, y} = touch.point
    const to = snaps(app, touch) ? {x: snapped(0, x), y: snapped(0, y)} : {x, y}
    return {kind: "bend", link: this.link.key, index: this.index, to}
  }

  /** @param {App} app @param {Draft | null} draft */
  finish(app, draft) {
    if (draft?.kind === "bend") edit(app, bendOps(app, this.link, this.index, draft.to))
  }
}

/** A reroute where a link is clicked. @param {App} app @param {LinkPlace} link
 * @param {Point} point */
export function bendAt(app, link, point) {
  edit(app, bendOps(app, link, spanAt(link.points, point), point))
}

/** @param {App} app @param {LinkPlace} link @param {number} index @param {Point} to
 * @returns {Op[]} */
function bendOps(app, link, index, to) {
  return reroute(app.store.graph, app.scene.where, `${link.node}/${link.input}`, index,
    [Math.round(to.x), Math.round(to.y)])
}

/** Which span of a link a point is on: 0 for the one behind its start.
 * @param {Point[]} points @param {Point} point @returns {number} */
export function spanAt(points, point) {
  const far = points.slice(1).map((end, i) => distance([points[i], end], point))
  return far.indexOf(Math.min(...far))
}
