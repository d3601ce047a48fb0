// @ts-check
/** What every painter is handed, and the few strokes that they share. */
/** @import {Box, InputSpec, Pen, Point, Theme, Translate, Measure, Widget} from "../types.js" */
/** @import {Fonts} from "./metrics.js" */

import {colourOf, isDark} from "./theme.js"
import {fontsOf} from "./metrics.js"

/** A picture as it can be drawn; natural: its size before it was made smaller to be kept.
 * @typedef {{source: CanvasImageSource, w: number, h: number,
 *   natural: {w: number, h: number}}} Drawable */
/** origin: the canvas point that lies on a whole device pixel, which others are snapped to.
 * zoom: CSS pixels in a canvas unit. hair: one CSS pixel in canvas units, whole in device pixels.
 * @typedef {Pen & {origin: Point, zoom: number, hair: number, dark: boolean, fonts: Fonts,
 *   t: Translate, widgetOf: (input: InputSpec) => Widget,
 *   picture: (url: string) => Drawable | null, times: boolean}} Brush */
/** What brushes of one theme have in common.
 * @typedef {{theme: Theme, measure: Measure, t: Translate, widgetOf: (input: InputSpec) => Widget,
 *   picture: (url: string) => Drawable | null, times: boolean}} Palette */

/** Below these zooms: no widget text; block, title and colour.
 * @param {number} zoom @returns {0 | 1 | 2} */
function detailAt(zoom) {
  if (zoom < 0.25) return 0
  return zoom < 0.5 ? 1 : 2
}

/** Makes brushes for one theme.
 * @param {Palette} palette
 * @returns {(ctx: CanvasRenderingContext2D, zoom: number, dpr: number, origin: Point) => Brush} */
export function brushes(palette) {
  const {theme} = palette
  const shared = {
    ...palette, colour: colourOf(theme), dark: isDark(theme), fonts: fontsOf(theme.font),
  }
  return (ctx, zoom, dpr, origin) => {
    const scale = zoom * dpr
    return {
      ...shared, ctx, zoom, scale, origin, detail: detailAt(zoom),
      hair: Math.max(1, Math.round(dpr)) / scale,
    }
  }
}

/** A box with its edges on whole device pixels.
 * @param {Brush} brush @param {Box} box @returns {Box} */
export function snapped({origin, scale}, box) {
  const x = Math.round((box.x - origin.x) * scale)
  const y = Math.round((box.y - origin.y) * scale)
  const right = Math.round((box.x + box.w - origin.x) * scale)
  const bottom = Math.round((box.y + box.h - origin.y) * scale)
  return {
    x: origin.x + x / scale,
    y: origin.y + y / scale,
    w: (right - x) / scale,
    h: (bottom - y) / scale,
  }
}

/** The path of a box with round corners, `inset` inside of it.
 * @param {Brush} brush @param {Box} box @param {number} corner @param {number} [inset] */
export function roundPath({ctx}, box, corner, inset = 0) {
  const w = Math.max(0, box.w - 2 * inset)
  const h = Math.max(0, box.h - 2 * inset)
  ctx.beginPath()
  const round = Math.max(0, Math.min(corner - inset, w / 2, h / 2))
  ctx.roundRect(box.x + inset, box.y + inset, w, h, round)
}

/** A line along the inside of a box.
 * @param {Brush} brush @param {Box} box @param {number} corner @param {string} colour
 * @param {number} width */
export function edge(brush, box, corner, colour, width) {
  const {ctx} = brush
  roundPath(brush, box, corner, width / 2)
  ctx.lineWidth = width
  ctx.strokeStyle = colour
  ctx.stroke()
}

/** Ascent and descent of fonts at their own size, as a browser sets a line.
 * @type {Map<string, {ascent: number, descent: number}>} */
const lines = new Map()

/** The baseline that puts a line of text in the middle of a height.
 * @param {Brush} brush @param {string} font @param {number} middle @returns {number} */
export function baseline({ctx}, font, middle) {
  let line = lines.get(font)
  if (!line) {
    ctx.font = font
    const {fontBoundingBoxAscent, fontBoundingBoxDescent} = ctx.measureText("x")
    lines.set(font, line = {ascent: fontBoundingBoxAscent, descent: fontBoundingBoxDescent})
  }
  return middle + (line.ascent - line.descent) / 2
}

/** One line of text, its middle at `y`.
 * @param {Brush} brush @param {string} text @param {number} x @param {number} y
 * @param {string} font
 * @param {string} colour @param {CanvasTextAlign} [align] */
export function write(brush, text, x, y, font, colour, align = "left") {
  if (!text) return
  const {ctx} = brush
  const base = baseline(brush, font, y)
  ctx.font = font
  ctx.fillStyle = colour
  ctx.textAlign = align
  ctx.textBaseline = "alphabetic"
  ctx.fillText(text, x, base)
}

/** A font's text with another size.
 * @param {string} font @param {number} size  canvas units @returns {string} */
export function resized(font, size) {
  return font.replace(/[\d.]+px/, `${Math.round(size * 100) / 100}px`)
}
