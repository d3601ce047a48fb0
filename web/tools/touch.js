// @ts-check
/** Two fingers: moving and zooming at once. Which fingers are down; how they move the camera. */
/** @import {App, Camera, Point} from "../types.js" */

import {Tool} from "./tool.js"
import {panBy, zoomAt} from "../view/camera.js"

/** The camera that keeps the canvas points under two fingers where the fingers are.
 * @param {Camera} camera  when they were put down @param {[Point, Point]} from  screen pixels
 * @param {[Point, Point]} to @returns {Camera} */
export function pinched(camera, from, to) {
  const was = between(from)
  const now = between(to)
  const zoomed = zoomAt(camera, was, spread(to) / Math.max(1, spread(from)))
  return panBy(zoomed, now.x - was.x, now.y - was.y)
}

/** Two fingers are down: the fingers' places come from the map that `Fingers` keeps. With each that
 * comes or goes the pinch begins again from where the view is. */
export class Pinching extends Tool {
  /** @param {App} app @param {Fingers} fingers */
  constructor(app, fingers) {
    super()
    this.fingers = fingers
    this.camera = app.session.camera
    this.from = fingers.pair()
  }

  /** @param {App} app @returns {Tool | null} */
  down(app) {
    return new Pinching(app, this.fingers)
  }

  /** @param {App} app @returns {Tool | null} */
  move(app) {
    const pair = this.fingers.pair()
    if (pair && this.from) app.session.set({camera: pinched(this.camera, this.from, pair)})
    return this
  }

  /** @param {App} app @returns {Tool | null} */
  up(app) {
    return this.fingers.count ? new Pinching(app, this.fingers) : null
  }

  /** @param {App} app @returns {Tool | null} */
  cancel(app) {
    app.session.set({camera: this.camera})
    return null
  }
}

/** The fingers on the canvas, by the id of their pointer. */
export class Fingers {
  /** @type {Map<number, Point>} */
  #places = new Map()

  get count() {
    return this.#places.size
  }

  /** @param {number} id @param {Point} screen */
  put(id, screen) {
    this.#places.set(id, screen)
  }

  /** @param {number} id @returns {boolean} */
  has(id) {
    return this.#places.has(id)
  }

  /** @param {number} id */
  lift(id) {
    this.#places.delete(id)
  }

  /** The first two. @returns {[Point, Point] | null} */
  pair() {
    const [one, other] = this.#places.values()
    return one && other ? [one, other] : null
  }
}

/** @param {[Point, Point]} pair @returns {Point} */
function between([one, other]) {
  return {x: (one.x + other.x) / 2, y: (one.y + other.y) / 2}
}

/** @param {[Point, Point]} pair @returns {number} */
function spread([one, other]) {
  return Math.hypot(one.x - other.x, one.y - other.y)
}
