// @ts-check
/** The parts that painted widgets share: the well, the name at the left, the value at the right,
 * units, chips, chevrons and the fill. Knows a canvas, and nothing of what a value means. */

/** @import {Box, Pen, WidgetPlace} from "../types.js" */

export const HEIGHT = 26 // of a well, canvas units
export const PAD = 10
const CORNER = 6
const SIZE = 12
const SMALL = 11
const CHEVRON = 7

/** @typedef {{hovered: boolean, wrong: boolean}} Marks */

/** @param {string} family @returns {string} the font of names and values */
export function fontFor(family) {
  return `${SIZE}px ${family}`
}

/** @param {Pen} pen @returns {string} */
export function fontOf(pen) {
  return fontFor(pen.theme.font)
}

/** @param {Pen} pen @returns {string} */
export function smallFontOf(pen) {
  return `${SMALL}px ${pen.theme.font}`
}

/** @param {Pen} pen @param {Box} box @param {Marks} marks @param {number | null} [filled] 0 to 1 */
export function paintWell(pen, box, marks, filled = null) {
  const {ctx, theme} = pen
  ctx.beginPath()
  ctx.roundRect(box.x, box.y, box.w, box.h, CORNER)
  ctx.fillStyle = theme.well
  ctx.fill()
  if (filled) paintFill(pen, box, filled)
  if (marks.wrong) outline(pen, box, theme.bad)
  else if (marks.hovered) outline(pen, box, theme["line-strong"])
}

/** @param {Pen} pen @param {Box} box @param {number} share */
function paintFill({ctx, theme}, box, share) {
  ctx.save()
  ctx.beginPath()
  ctx.roundRect(box.x, box.y, box.w, box.h, CORNER)
  ctx.clip()
  ctx.fillStyle = theme.fill ?? theme.line
  ctx.fillRect(box.x, box.y, box.w * share, box.h)
  ctx.restore()
}

/** A hairline inside of the box, one device pixel wide.
 * @param {Pen} pen @param {Box} box @param {string} colour @param {number} [corner] */
export function outline({ctx, scale}, box, colour, corner = CORNER) {
  const thin = 1 / scale
  ctx.beginPath()
  ctx.roundRect(box.x + thin / 2, box.y + thin / 2, box.w - thin, box.h - thin, corner - thin / 2)
  ctx.lineWidth = thin
  ctx.strokeStyle = colour
  ctx.stroke()
}

/** Where text sits so that it is in the middle of a row, as a browser sets a line: by the whole
 * ascent and descent of the font.
 * @param {Pen} pen @param {string} font @param {number} top @param {number} height
 * @returns {number} the y of its baseline */
export function baseline({ctx}, font, top, height) {
  const {ascent, descent} = metrics(ctx, font)
  return top + Math.floor((height - ascent - descent) / 2) + ascent
}

/** @type {Map<string, {ascent: number, descent: number}>} */
const known = new Map()

/** @param {CanvasRenderingContext2D} ctx @param {string} font */
function metrics(ctx, font) {
  let found = known.get(font)
  if (!found) {
    ctx.save()
    ctx.font = font
    const {fontBoundingBoxAscent, fontBoundingBoxDescent} = ctx.measureText("x")
    ctx.restore()
    found = {ascent: Math.round(fontBoundingBoxAscent), descent: Math.round(fontBoundingBoxDescent)}
    known.set(font, found)
  }
  return found
}

/** @param {Pen} pen @param {string} text @param {string} font @param {string} colour
 * @param {number} x its left end, or right if `align` says so @param {number} y its baseline
 * @param {"left" | "right" | "center"} [align] */
export function paintText({ctx}, text, font, colour, x, y, align = "left") {
  if (!text) return
  ctx.font = font
  ctx.fillStyle = colour
  ctx.textAlign = align
  ctx.textBaseline = "alphabetic"
  ctx.fillText(text, x, y)
}

/** What stands in a row. value: text at the right; tone: its colour; unit: after it, in faint;
 * chip: a small word in a frame at the end; chevron: it opens a list; filled: how far, 0 to 1.
 * tail: room kept at the right for something else; digits: smaller rather than cut.
 * @typedef {{value: string, tone?: string, unit?: string, chip?: string, chevron?: boolean,
 *   filled?: number | null, tail?: number, digits?: boolean}} Row */

/** A row of one line: name at the left, value at the right. The value goes before the name.
 * @param {Pen} pen @param {WidgetPlace} place @param {Marks} marks @param {Row} row */
export function paintRow(pen, place, marks, row) {
  const box = {...place.box, h: Math.min(place.box.h, HEIGHT)}
  paintWell(pen, box, marks, place.linked ? null : row.filled)
  if (pen.detail < 2) return paintBars(pen, box, place.linked, row.tail)
  const font = fontOf(pen), y = baseline(pen, font, box.y, box.h)
  const left = box.x + PAD
  if (place.linked) return paintName(pen, place, left, box.w - 2 * PAD, y)
  let right = box.x + box.w - PAD - (row.tail ?? 0)
  if (row.chevron) right = paintChevron(pen, right, box.y + box.h / 2)
  if (row.chip) right = paintChip(pen, row.chip, right, box)
  if (row.unit) right = paintUnit(pen, row.unit, right, y)
  const wide = paintValue(pen, row, place.label, left, right, y)
  paintName(pen, place, left, right - wide - left - 10, y)
}

/** @param {Pen} pen @param {Row} row @param {string} name @param {number} left
 * @param {number} right @param {number} y @returns {number} how wide it is */
function paintValue(pen, {value, tone, digits}, name, left, right, y) {
  const {measure, theme} = pen, plain = fontOf(pen), all = right - left
  const room = all - Math.min(measure.width(name, plain) + 12, all * 0.4)
  const small = digits && measure.width(value, plain) > room
  const font = small ? smallFontOf(pen) : plain, shown = measure.cut(value, font, room)
  paintText(pen, shown, font, tone ?? theme.text, right, y, "right")
  return measure.width(shown, font)
}

/** @param {Pen} pen @param {WidgetPlace} place @param {number} x @param {number} room
 * @param {number} y */
function paintName(pen, place, x, room, y) {
  const font = fontOf(pen)
  paintText(pen, pen.measure.cut(place.label, font, room), font, pen.theme.muted, x, y)
}

/** What stands for text that is too small to be read.
 * @param {Pen} pen @param {Box} box @param {boolean} linked @param {number} [tail] */
function paintBars({ctx, theme, detail}, box, linked, tail = 0) {
  if (detail < 1) return
  const y = box.y + box.h / 2 - 2, right = box.x + box.w - PAD - tail
  ctx.fillStyle = theme.line
  ctx.fillRect(box.x + PAD, y, box.w * 0.24, 4)
  ctx.fillStyle = theme["line-strong"]
  if (!linked) ctx.fillRect(right - box.w * 0.2, y, box.w * 0.2, 4)
}

/** @param {Pen} pen @param {string} unit @param {number} right @param {number} y
 * @returns {number} the right end of what stands before it */
function paintUnit(pen, unit, right, y) {
  const font = fontOf(pen)
  paintText(pen, unit, font, pen.theme.faint, right, y, "right")
  return right - pen.measure.width(unit, font) - 5
}

/** Two small arrows, up and down.
 * @param {Pen} pen @param {number} right @param {number} middle its y @returns {number} */
function paintChevron({ctx, theme}, right, middle) {
  const left = right - CHEVRON, centre = right - CHEVRON / 2
  ctx.beginPath()
  for (const side of [-1, 1]) {
    ctx.moveTo(left, middle + side * 2)
    ctx.lineTo(centre, middle + side * 5)
    ctx.lineTo(right, middle + side * 2)
  }
  ctx.lineWidth = 1.3
  ctx.lineCap = ctx.lineJoin = "round"
  ctx.strokeStyle = theme.muted
  ctx.stroke()
  return left - 6
}

/** How wide a chip is.
 * @param {(text: string, font: string) => number} width @param {string} text @param {string} family
 * @returns {number} */
export function chipWidth(width, text, family) {
  return width(text, `${SMALL}px ${family}`) + 14
}

/** @param {Pen} pen @param {string} text @param {number} right @param {Box} box
 * @returns {number} */
function paintChip(pen, text, right, box) {
  const font = smallFontOf(pen), w = chipWidth(pen.measure.width, text, pen.theme.font)
  const chip = {x: right + 1 - w, y: box.y + box.h / 2 - 8, w, h: 16}
  outline(pen, chip, pen.theme["line-strong"], 8)
  const y = baseline(pen, font, chip.y, 16)
  paintText(pen, text, font, pen.theme.muted, chip.x + w / 2, y, "center")
  return chip.x - 7
}

/** A switch at the right end.
 * @param {Pen} pen @param {number} right @param {number} middle @param {boolean} on
 * @returns {number} */
export function paintSwitch({ctx, theme}, right, middle, on) {
  const w = 26, h = 14, x = right - w
  ctx.beginPath()
  ctx.roundRect(x, middle - h / 2, w, h, h / 2)
  ctx.fillStyle = on ? theme.text : theme["line-strong"]
  ctx.fill()
  ctx.beginPath()
  ctx.arc(on ? right - h / 2 : x + h / 2, middle, h / 2 - 2.5, 0, 2 * Math.PI)
  ctx.fillStyle = on ? theme.surface : theme.muted
  ctx.fill()
  return x - 8
}
