// @ts-check
/** Where something new goes that no hand has placed. */
/** @import {App, Point} from "../types.js" */

/** Where the pointer is; the middle of what is seen if it is not over the canvas.
 * @param {App} app @returns {Point} */
export function pointed(app) {
  const {camera, screen: {w, h}} = app.session
  const {point, screen} = app.pointer()
  const inside = screen.x >= 0 && screen.y >= 0 && screen.x <= w && screen.y <= h
  return inside ? point : {x: camera.x + w / 2 / camera.zoom, y: camera.y + h / 2 / camera.zoom}
}
