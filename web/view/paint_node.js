// @ts-check
/** The face of a node: what stays as it is while hands and mice go over it. Drawn from its place
 * alone; knows no node by name. The line around it and its dots are paint_edge's. */
/** @import {Brush} from "./brush.js" */
/** @import {Lines, Placed} from "./layout.js" */
/** @import {Box} from "../types.js" */

import {resized, roundPath, snapped, write} from "./brush.js"
import {mixed} from "./colours.js"
import {CORNER, FAULT_LINE, HEADER, LEAST_FAULT_ZOOM, NAME_INSET, SAID_LINE} from "./metrics.js"
import {paintPictures, paintProgress} from "./paint_picture.js"
import {problemBox} from "./hit.js"

/** From a node's side to the chip, and to the text at the right of its header. */
const INSET = 13
const CHIP = 8
/** A title at its own size. */
const TITLE = 13
/** No text of the canvas is drawn smaller than this, in CSS pixels, where it can be helped. */
const LEAST_TEXT = 10

/** How much of a node is seen, by its state. */
const ALPHA = {on: 1, muted: 0.4, bypassed: 0.6}

/** @param {Placed} place @returns {number} */
export function alphaOf(place) {
  return ALPHA[place.node.state ?? "on"]
}

/** @param {Brush} brush @param {Placed} place */
export function paintNode(brush, place) {
  const box = snapped(brush, place.box)
  if (brush.detail === 0) return paintBlock(brush, place, box)
  paintBody(brush, place, box)
  paintHeader(brush, place, box)
  paintNames(brush, place)
  for (const widget of place.widgets) {
    const wrong = place.shown.wrong.has(widget.name)
    const own = {...widget, box: snapped(brush, widget.box)}
    brush.widgetOf(widget.input).paint(brush, own, {hovered: false, wrong})
  }
  paintSaid(brush, place)
  paintPictures(brush, place)
  paintProgress(brush, place)
}

/** The ground of a node, with a little of the colour that it was given.
 * @param {Brush} brush @param {Placed} place @returns {string} */
export function surfaceOf({theme}, place) {
  const {colour} = place.node.look ?? {}
  return colour ? mixed(theme.surface, colour, 0.16) : theme.surface
}

/** @param {Brush} brush @param {Placed} place @param {Box} box */
function paintBody(brush, place, box) {
  const {ctx, theme} = brush
  ctx.save()
  ctx.shadowColor = theme["shadow-colour"] ?? "rgb(0 0 0 / 0.25)"
  ctx.shadowBlur = 22 * brush.scale
  ctx.shadowOffsetY = 7 * brush.scale
  ctx.fillStyle = surfaceOf(brush, place)
  roundPath(brush, box, CORNER)
  ctx.fill()
  ctx.restore()
  if (place.node.state === "bypassed") paintHatch(brush, box)
}

/** @param {Brush} brush @param {Box} box */
function paintHatch(brush, box) {
  const {ctx, theme} = brush
  ctx.save()
  roundPath(brush, box, CORNER)
  ctx.clip()
  ctx.beginPath()
  ctx.rect(box.x, box.y, box.w, HEADER)
  ctx.clip()
  ctx.beginPath()
  for (let x = box.x - HEADER; x < box.x + box.w; x += 8) {
    ctx.moveTo(x, box.y + HEADER)
    ctx.lineTo(x + HEADER, box.y)
  }
  ctx.lineWidth = 1.5
  ctx.strokeStyle = theme["line-strong"]
  ctx.stroke()
  ctx.restore()
}

/** The colour of a node: that of its main output, else of its first input.
 * @param {Brush} brush @param {Placed} place @returns {string} */
export function chipColour({colour, theme}, {spec}) {
  if (!spec.known) return theme.bad
  const type = spec.outputs[0]?.type ?? spec.inputs.find(({widget}) => !widget)?.type
  return type ? colour(type) : theme.muted
}

/** @param {Brush} brush @param {Placed} place @param {Box} box */
function paintHeader(brush, place, box) {
  const {theme, measure, zoom} = brush
  const middle = box.y + HEADER / 2 + 0.5
  const chip = Math.min(14, Math.max(CHIP, 5 / zoom))
  paintChip(brush, place, {x: box.x + INSET, y: middle - chip / 2, w: chip, h: chip})
  const right = paintState(brush, place, box, middle)
  const left = box.x + INSET + chip + 8
  const colour = place.spec.known ? theme.text : theme.bad
  const room = right - left - 6
  const font = titleFont(brush, place.title, room)
  write(brush, measure.cut(place.title, font, room), left, middle, font, colour)
}

/** Seen from farther away a title grows, as long as it has room.
 * @param {Brush} brush @param {string} title @param {number} room @returns {string} */
function titleFont({fonts, measure, zoom}, title, room) {
  const most = TITLE * room / Math.max(1, measure.width(title, fonts.title))
  const size = Math.min(24, LEAST_TEXT / zoom, most)
  return size > TITLE ? resized(fonts.title, size) : fonts.title
}

/** @param {Brush} brush @param {Placed} place @param {Box} box */
function paintChip(brush, place, box) {
  brush.ctx.fillStyle = chipColour(brush, place)
  roundPath(brush, snapped(brush, box), 2.5)
  brush.ctx.fill()
}

/** What stands at the right of a header; where it begins.
 * @param {Brush} brush @param {Placed} place @param {Box} box @param {number} middle
 * @returns {number} */
function paintState(brush, place, box, middle) {
  const {theme, fonts, measure} = brush
  let right = box.x + box.w - INSET
  if (place.shown.problem) {
    paintProblem(brush, box)
    right -= 20
  }
  if (place.node.look?.pinned) right = paintPin(brush, right, middle)
  if (brush.detail < 2) return right
  const {text, strong} = stateText(brush, place)
  write(brush, text, right, middle, fonts.small, strong ? theme.accent : theme.muted, "right")
  return text ? right - measure.width(text, fonts.small) : right
}

/** @param {Brush} brush @param {Placed} place @returns {{text: string, strong: boolean}} */
function stateText({t, times}, {node, shown}) {
  const {run} = shown
  if (node.state === "muted") return {text: t("view.muted"), strong: false}
  if (node.state === "bypassed") return {text: t("view.bypassed"), strong: false}
  if (run?.state === "running") {
    return {text: run.max > 1 ? `${run.value} / ${run.max}` : t("view.running"), strong: true}
  }
  if (times && run?.seconds) {
    return {text: t("view.seconds", {n: seconds(run.seconds)}), strong: false}
  }
  return {text: run?.state === "kept" ? t("view.kept") : "", strong: false}
}

/** Seconds as they are read: two digits that count.
 * @param {number} value @returns {string} */
export function seconds(value) {
  if (value < 0.095) return value.toFixed(2)
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0)
}

/** The small sign that opens the sentence.
 * @param {Brush} brush @param {Box} box */
function paintProblem(brush, box) {
  const {ctx, theme, fonts} = brush
  const sign = problemBox(box)
  const x = sign.x + sign.w / 2
  const y = sign.y + sign.h / 2
  ctx.beginPath()
  ctx.arc(x, y, 8, 0, 2 * Math.PI)
  ctx.fillStyle = theme.bad
  ctx.fill()
  write(brush, "!", x, y, resized(fonts.title, 12), theme.surface, "center")
}

/** A pin; where what stands before it ends.
 * @param {Brush} brush @param {number} right @param {number} middle @returns {number} */
function paintPin({ctx, theme}, right, middle) {
  const x = right - 4
  ctx.beginPath()
  ctx.moveTo(x, middle + 1)
  ctx.lineTo(x, middle + 6)
  ctx.moveTo(x - 4, middle + 1)
  ctx.lineTo(x + 4, middle + 1)
  ctx.moveTo(x - 2.5, middle + 0.5)
  ctx.lineTo(x - 2, middle - 5)
  ctx.lineTo(x + 2, middle - 5)
  ctx.lineTo(x + 2.5, middle + 0.5)
  ctx.lineWidth = 1.3
  ctx.lineCap = "round"
  ctx.strokeStyle = theme.faint
  ctx.stroke()
  return right - 16
}

/** The names of sockets that have a row of their own.
 * @param {Brush} brush @param {Placed} place */
function paintNames(brush, place) {
  const {theme, fonts, measure, zoom} = brush
  if (zoom < 0.42) return
  const half = place.box.w - 2 * NAME_INSET - 12
  const rows = new Map()
  for (const socket of place.sockets) {
    if (socket.widget || !socket.label) continue
    const [inside, align] = socket.side === "in"
      ? /** @type {const} */ ([NAME_INSET, "left"]) : /** @type {const} */ ([-NAME_INSET, "right"])
    const taken = rows.get(socket.y) ?? 0
    const text = measure.cut(socket.label, fonts.body, half - taken)
    rows.set(socket.y, measure.width(text, fonts.body))
    write(brush, text, socket.x + inside, socket.y, fonts.body, theme.muted, align)
  }
}

/** Texts that a run has shown.
 * @param {Brush} brush @param {Placed} place */
function paintSaid(brush, {said}) {
  if (!said) return
  const {ctx, theme, fonts, detail} = brush
  ctx.fillStyle = theme.well
  roundPath(brush, snapped(brush, said.box), 6)
  ctx.fill()
  if (detail < 2) return
  said.lines.forEach((line, i) => {
    const y = said.box.y + 6 + SAID_LINE * (i + 0.5)
    write(brush, line, said.box.x + 9, y, fonts.body, theme.text)
  })
}

/** The sentence under a node that failed, over whatever lies there.
 * @param {Brush} brush @param {{fault: Lines | null}} place */
export function paintFault(brush, {fault}) {
  if (!fault || brush.zoom < LEAST_FAULT_ZOOM) return
  const {ctx, fonts, theme} = brush
  ctx.fillStyle = theme.canvas
  roundPath(brush, snapped(brush, fault.box), 6)
  ctx.fill()
  fault.lines.forEach((line, i) => {
    const y = fault.box.y + 3 + FAULT_LINE * (i + 0.5)
    write(brush, line, fault.box.x + 4, y, fonts.body, theme.bad)
  })
}

/** From far away: a block with its colour, and its title where there is room.
 * @param {Brush} brush @param {Placed} place @param {Box} box */
function paintBlock(brush, place, box) {
  const {ctx, zoom} = brush
  ctx.fillStyle = surfaceOf(brush, place)
  roundPath(brush, box, CORNER * 0.8)
  ctx.fill()
  paintPictures(brush, place)
  const side = Math.min(5 / zoom, box.h * 0.5, box.w * 0.25)
  const inset = Math.min(4 / zoom, (box.h - side) / 2)
  paintChip(brush, place, {x: box.x + inset, y: box.y + inset, w: side, h: side})
  if (box.w * zoom < 44 || box.h * zoom < 16) return
  paintBlockTitle(brush, place, box, inset + side + 3 / zoom)
}

/** One line or two, as large as its longest word allows.
 * @param {Brush} brush @param {Placed} place @param {Box} box @param {number} inset */
function paintBlockTitle(brush, place, box, inset) {
  const {theme, measure, fonts, zoom} = brush
  const room = box.w - inset - 3 / zoom
  const words = place.title.split(/\s/).map((word) => measure.width(word, fonts.title) / TITLE)
  const size = Math.max(8, Math.min(LEAST_TEXT, room * zoom / Math.max(...words)))
  const font = resized(fonts.title, size / zoom)
  const line = (size + 1.5) / zoom
  const free = place.picture ? place.picture.y - box.y : box.h
  const most = Math.min(2, Math.floor((free - 4 / zoom) / line))
  if (most < 1) return
  const whole = Math.max(...words) * size / zoom <= room
  const lines = whole ? measure.wrap(place.title, font, room, most) : [place.title]
  lines.forEach((text, i) => {
    const y = box.y + (3 + size / 2) / zoom + line * i
    write(brush, measure.cut(text.trimEnd(), font, room), box.x + inset, y, font, theme.text)
  })
}
