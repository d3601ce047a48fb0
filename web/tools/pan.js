// @ts-check
/** Moving the camera by hand: space and drag, the middle button, one finger on the bare canvas. */
/** @import {App} from "../types.js" */
/** @import {Stroke, Touch} from "./tool.js" */

import {Tool} from "./tool.js"
import {panBy} from "../view/camera.js"

/** The space bar is held; a drag moves the canvas wherever it begins. */
export class Gripping extends Tool {
  cursor = "grab"

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  down(app, touch) {
    return new Panning(app, touch)
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  up(app, touch) {
    void app, touch
    return this
  }

  /** @param {App} app @param {Stroke} stroke @returns {Tool | null} */
  key(app, stroke) {
    void app
    return stroke.key === " " && !stroke.down ? null : this
  }
}

export class Panning extends Tool {
  cursor = "grabbing"

  /** @param {App} app @param {Touch} start */
  constructor(app, start) {
    super()
    this.start = start.screen
    this.camera = app.session.camera
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  move(app, touch) {
    const {x, y} = touch.screen
    app.session.set({camera: panBy(this.camera, x - this.start.x, y - this.start.y)})
    return this
  }

  /** @param {App} app @returns {Tool | null} */
  cancel(app) {
    app.session.set({camera: this.camera})
    return null
  }
}
