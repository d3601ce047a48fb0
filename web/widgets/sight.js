// @ts-check
/** How a picture is seen in a stage: how large, and where. Pure: numbers. */

/** @import {Point} from "../types.js" */

/** x, y: where the picture's top left corner is in the stage; zoom: stage pixels in one of its own.
 * @typedef {{x: number, y: number, zoom: number}} Sight */
/** @typedef {{w: number, h: number}} Size */

const LEAST = 0.02
const MOST = 40
const MARGIN = 16

/** The whole picture in the middle; small ones at their own size, or whole times it.
 * @param {Size} picture @param {Size} stage @returns {Sight} */
export function fitted(picture, stage) {
  const room = {w: Math.max(20, stage.w - 2 * MARGIN), h: Math.max(20, stage.h - 2 * MARGIN)}
  const zoom = clamp(Math.min(room.w / picture.w, room.h / picture.h))
  return centred(picture, stage, zoom)
}

/** @param {Size} picture @param {Size} stage @param {number} zoom @returns {Sight} */
export function centred(picture, stage, zoom) {
  return {x: (stage.w - picture.w * zoom) / 2, y: (stage.h - picture.h * zoom) / 2, zoom}
}

/** Larger or smaller; what lies under a point of the stage stays there.
 * @param {Sight} sight @param {Point} at @param {number} factor @returns {Sight} */
export function zoomed(sight, at, factor) {
  const zoom = clamp(sight.zoom * factor), grown = zoom / sight.zoom
  return {x: at.x - (at.x - sight.x) * grown, y: at.y - (at.y - sight.y) * grown, zoom}
}

/** Moved, but never so far that nothing of the picture is left in the stage.
 * @param {Sight} sight @param {number} dx @param {number} dy @param {Size} picture
 * @param {Size} stage @returns {Sight} */
export function moved(sight, dx, dy, picture, stage) {
  const least = 48
  const x = within(sight.x + dx, least - picture.w * sight.zoom, stage.w - least)
  const y = within(sight.y + dy, least - picture.h * sight.zoom, stage.h - least)
  return {x, y, zoom: sight.zoom}
}

/** @param {Sight} sight @param {Point} at a point of the stage @returns {Point} of the picture */
export function toPicture(sight, at) {
  return {x: (at.x - sight.x) / sight.zoom, y: (at.y - sight.y) / sight.zoom}
}

/** @param {number} value @param {number} low @param {number} high */
function within(value, low, high) {
  return Math.min(Math.max(low, high), Math.max(Math.min(low, high), value))
}

/** @param {number} zoom @returns {number} */
function clamp(zoom) {
  return Math.min(MOST, Math.max(LEAST, zoom))
}

/** How much a turn of the wheel zooms.
 * @param {WheelEvent} event @returns {number} */
export function wheelFactor({deltaY, deltaMode, ctrlKey}) {
  const pixels = deltaMode === 0 ? deltaY : deltaY * 20
  return Math.exp(-Math.max(-120, Math.min(120, pixels)) * (ctrlKey ? 0.01 : 0.002))
}
