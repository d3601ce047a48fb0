// @ts-check
/** The ground: the grid of dots, and groups with their titles. */
/** @import {Brush} from "./brush.js" */
/** @import {Box, Group} from "../types.js" */

import {edge, resized, roundPath, snapped, write} from "./brush.js"
import {mixed} from "./colours.js"
import {GRID, GROUP_HEADER} from "./metrics.js"

const CORNER = 12

/** @param {Brush} brush @param {Group} group @param {Box} box @param {{selected: boolean, hovered: boolean}} marks */
export function paintGroup(brush, group, box, marks) {
  const {ctx, theme, hair, measure, fonts, zoom} = brush
  const own = snapped(brush, box)
  const colour = group.colour ? mixed(group.colour, theme.muted, 0.25) : theme.muted
  ctx.globalAlpha = group.colour ? 0.09 : 0.06
  ctx.fillStyle = colour
  roundPath(brush, own, CORNER)
  ctx.fill()
  ctx.globalAlpha = marks.hovered ? 0.55 : 0.32
  if (!marks.selected) edge(brush, own, CORNER, colour, hair)
  ctx.globalAlpha = 1
  if (marks.selected) edge(brush, own, CORNER, theme.accent, 2 * hair)
  const size = Math.max(15, Math.min(11 / zoom, own.h / 4))
  if (own.w * zoom < 40) return
  const font = resized(fonts.group, size)
  const middle = own.y + Math.max(GROUP_HEADER / 2, size * 0.9)
  const text = measure.cut(group.title, font, own.w - 28)
  write(brush, text, own.x + 14, middle, font, mixed(colour, theme.text, 0.35))
}

/** One row of dots as a strip, drawn once for each row: a grid of thousands costs dozens. */
export class Dots {
  /** @param {() => HTMLCanvasElement} make */
  constructor(make) {
    this.strip = make()
    this.key = ""
  }

  /** @param {CanvasRenderingContext2D} ctx  in device pixels @param {{x: number, y: number, zoom: number}} camera
   * @param {number} dpr @param {{w: number, h: number}} size  device pixels @param {string} colour */
  paint(ctx, camera, dpr, size, colour) {
    const step = stepAt(camera.zoom) * camera.zoom * dpr
    const dot = Math.max(1, Math.round(dpr * Math.min(1.25, Math.max(1, camera.zoom))))
    const x = -offset(camera.x * camera.zoom * dpr, step)
    const y = -offset(camera.y * camera.zoom * dpr, step)
    this.#make(x, step, dot, size.w, colour)
    const rows = Math.ceil((size.h - y) / step)
    for (let i = 0; i <= rows; i++) ctx.drawImage(this.strip, 0, Math.round(y + i * step))
  }

  /** @param {number} x @param {number} step @param {number} dot @param {number} w @param {string} colour */
  #make(x, step, dot, w, colour) {
    const key = `${x} ${step} ${dot} ${w} ${colour}`
    if (key === this.key) return
    this.key = key
    this.strip.width = w
    this.strip.height = dot
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.strip.getContext("2d"))
    ctx.fillStyle = colour
    for (let at = x; at < w; at += step) ctx.fillRect(Math.round(at), 0, dot, dot)
  }
}

/** Canvas units between dots: doubled until they lie at least 14 pixels apart.
 * @param {number} zoom @returns {number} */
export function stepAt(zoom) {
  let step = GRID
  while (step * zoom < 14) step *= 2
  return step
}

/** @param {number} value @param {number} step @returns {number} 0 to step */
function offset(value, step) {
  return ((value % step) + step) % step
}
