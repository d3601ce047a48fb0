// @ts-check
/** Pictures on a node, what stands under them, and the line of progress. */
/** @import {Brush, Drawable} from "./brush.js" */
/** @import {Placed} from "./layout.js" */
/** @import {Box} from "../types.js" */

import {roundPath, snapped, write} from "./brush.js"
import {pictureCells} from "./layout.js"
import {PAD} from "./metrics.js"
import {seconds} from "./paint_node.js"

const CORNER = 6
/** How thick the line of progress is. */
const THICK = 2

/** @param {Brush} brush @param {Placed} place */
export function paintPictures(brush, place) {
  if (!place.picture) return
  const {pictures} = place.shown
  const cells = pictureCells(place.picture, pictures.length)
  if (!cells.length && brush.detail > 0) paintOne(brush, place.picture, null)
  cells.forEach((cell, i) => paintOne(brush, cell, brush.picture(pictures[i])))
  if (brush.detail === 2 && place.footer) paintFooter(brush, place, place.footer)
}

/** A picture whole within its cell, or a well where it is yet to come.
 * @param {Brush} brush @param {Box} cell @param {Drawable | null} drawable */
function paintOne(brush, cell, drawable) {
  const {ctx, theme} = brush
  if (!drawable) {
    ctx.fillStyle = theme.well
    roundPath(brush, snapped(brush, cell), CORNER)
    ctx.fill()
    return
  }
  const box = snapped(brush, contained(cell, drawable))
  ctx.save()
  roundPath(brush, box, brush.detail ? CORNER : 2 / brush.zoom)
  ctx.clip()
  ctx.imageSmoothingQuality = "high"
  ctx.drawImage(drawable.source, box.x, box.y, box.w, box.h)
  ctx.restore()
}

/** The largest box of a picture's shape in the middle of a cell.
 * @param {Box} cell @param {{w: number, h: number}} shape @returns {Box} */
function contained(cell, shape) {
  const by = Math.min(cell.w / shape.w, cell.h / shape.h)
  const w = shape.w * by
  const h = shape.h * by
  return {x: cell.x + (cell.w - w) / 2, y: cell.y + (cell.h - h) / 2, w, h}
}

/** @param {Brush} brush @param {Placed} place @param {Box} box */
function paintFooter(brush, place, box) {
  const {theme, fonts, measure} = brush
  const {left, right} = footerTexts(brush, place)
  const y = box.y + 13
  write(brush, left, box.x + 3, y, fonts.small, theme.muted)
  const room = box.w - 18 - measure.width(left, fonts.small)
  write(brush, ending(brush, right, room), box.x + box.w - 3, y, fonts.small, theme.muted, "right")
}

/** @param {Brush} brush @param {Placed} place @returns {{left: string, right: string}} */
function footerTexts({t, picture}, {node, spec, shown}) {
  const {run, pictures} = shown
  if (run?.state === "running") {
    const left = run.left === null ? "" : t("view.left", {n: seconds(run.left)})
    return {left: run.max > 1 ? t("view.step", {n: run.value, of: run.max}) : "", right: left}
  }
  if (pictures[0] === run?.preview) {
    const right = run.seconds ? t("view.seconds", {n: seconds(run.seconds)}) : ""
    return {left: t("view.preview"), right}
  }
  const first = picture(pictures[0])
  const size = first ? `${first.natural.w} × ${first.natural.h}` : ""
  if (pictures.length > 1) return {left: size, right: t("view.pictures", {n: pictures.length})}
  const input = spec.inputs.find(({widget}) => widget === "picture")
  const given = input ? String(node.inputs?.[input.name] ?? "") : ""
  return {left: size, right: run?.pictures[0]?.filename ?? given}
}

/** The end of a file's name, where its number stands, if all of it has no room.
 * @param {Brush} brush @param {string} text @param {number} room @returns {string} */
function ending({measure, fonts}, text, room) {
  if (measure.width(text, fonts.small) <= room) return text
  let start = Math.max(0, text.length - 60)
  while (start < text.length && measure.width(`…${text.slice(start)}`, fonts.small) > room) start++
  return start < text.length - 3 ? `…${text.slice(start)}` : ""
}

/** Above the picture, or along the bottom of a node without one.
 * @param {Brush} brush @param {Placed} place */
export function paintProgress(brush, place) {
  const {run} = place.shown
  if (run?.state !== "running" || place.node.look?.collapsed) return
  const {ctx, theme} = brush
  const y = place.picture ? place.picture.y - 7 : place.box.y + place.box.h - 5
  const line = snapped(brush, {x: place.box.x + PAD, y, w: place.box.w - 2 * PAD, h: THICK})
  ctx.fillStyle = theme.line
  ctx.fillRect(line.x, line.y, line.w, line.h)
  ctx.fillStyle = theme.accent
  if (run.max > 0) ctx.fillRect(line.x, line.y, line.w * Math.min(1, run.value / run.max), line.h)
}
