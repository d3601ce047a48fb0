// @ts-check
/** The camera: which part of the canvas we see, and how close. Pure: no DOM, no store. */
/** @import {Box, Camera, Point} from "../types.js" */

export const MIN_ZOOM = 0.03
export const MAX_ZOOM = 4

/** @param {Camera} camera @param {Point} screen @returns {Point} */
export function toCanvas(camera, screen) {
  return {x: camera.x + screen.x / camera.zoom, y: camera.y + screen.y / camera.zoom}
}

/** @param {Camera} camera @param {Point} point @returns {Point} */
export function toScreen(camera, point) {
  return {x: (point.x - camera.x) * camera.zoom, y: (point.y - camera.y) * camera.zoom}
}

/** @param {number} zoom @returns {number} */
export function bounded(zoom) {
  return Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom))
}

/** Zoom by `factor`; the canvas point under `screen` stays under it.
 * @param {Camera} camera @param {Point} screen @param {number} factor @returns {Camera} */
export function zoomAt(camera, screen, factor) {
  const held = toCanvas(camera, screen)
  const zoom = bounded(camera.zoom * factor)
  return {x: held.x - screen.x / zoom, y: held.y - screen.y / zoom, zoom}
}

/** Move what is seen by screen pixels: the canvas follows the hand.
 * @param {Camera} camera @param {number} dx @param {number} dy @returns {Camera} */
export function panBy(camera, dx, dy) {
  return {x: camera.x - dx / camera.zoom, y: camera.y - dy / camera.zoom, zoom: camera.zoom}
}

/** The part of the canvas that a screen shows.
 * @param {Camera} camera @param {{w: number, h: number}} screen @returns {Box} */
export function seen(camera, screen) {
  return {x: camera.x, y: camera.y, w: screen.w / camera.zoom, h: screen.h / camera.zoom}
}

/** The camera that shows a whole box in the middle, `margin` screen pixels inside of the edges, at
 * most `most` large. `covered` are edges of the screen under panels, in screen pixels.
 * @param {Box} box @param {{w: number, h: number}} screen
 * @param {{margin?: number, most?: number, covered?: {left: number, top: number, right: number,
 *   bottom: number}}} [options] @returns {Camera} */
export function fitted(box, screen, options = {}) {
  const {margin = 48, most = 1, covered = {left: 0, top: 0, right: 0, bottom: 0}} = options
  const w = Math.max(1, screen.w - covered.left - covered.right)
  const h = Math.max(1, screen.h - covered.top - covered.bottom)
  const room = Math.min(margin, w / 4, h / 4)
  const zoom = bounded(Math.min(
    most,
    (w - 2 * room) / Math.max(1, box.w),
    (h - 2 * room) / Math.max(1, box.h),
  ))
  return {
    x: box.x + box.w / 2 - (covered.left + w / 2) / zoom,
    y: box.y + box.h / 2 - (covered.top + h / 2) / zoom,
    zoom,
  }
}

/** The camera with a canvas point in the middle of the screen, at the same zoom.
 * @param {Camera} camera @param {Point} point @param {{w: number, h: number}} screen
 * @returns {Camera} */
export function centred(camera, point, screen) {
  const {zoom} = camera
  return {x: point.x - screen.w / zoom / 2, y: point.y - screen.h / zoom / 2, zoom}
}
