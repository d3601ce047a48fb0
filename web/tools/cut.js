// @ts-check
/** Cutting links with a stroke. */
/** @import {App, Draft, LinkPlace, Point, Scene} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {boxBetween} from "./select.js"
import {edit} from "./edit.js"
import {cutOps} from "./links.js"
import {Drafting} from "./tool.js"
import {crosses} from "../view/route.js"

export class Cutting extends Drafting {
  cursor = "crosshair"

  /** @param {Touch} start */
  constructor(start) {
    super()
    this.points = [start.point]
  }

  /** @param {App} app @param {Touch} touch @returns {Draft} */
  draft(app, touch) {
    void app
    const last = this.points[this.points.length - 1]
    if (last.x !== touch.point.x || last.y !== touch.point.y) this.points.push(touch.point)
    return {kind: "cut", points: [...this.points]}
  }

  /** @param {App} app */
  finish(app) {
    const links = crossed(app.scene, this.points)
    edit(app, cutOps(app, links))
  }
}

/** The links that a stroke crosses. @param {Scene} scene @param {Point[]} points
 * @returns {LinkPlace[]} */
function crossed(scene, points) {
  const found = points.slice(1).flatMap((end, i) =>
    scene.linksNear(boxBetween(points[i], end)).filter(link => crosses(link.points, points[i], end)))
  return [...new Set(found)]
}
