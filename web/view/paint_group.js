// @ts-check
/** Groups with their titles. */
/** @import {Brush} from "./brush.js" */
/** @import {Box, Group} from "../types.js" */

import {edge, resized, roundPath, snapped, write} from "./brush.js"
import {mixed} from "./colours.js"
import {GROUP_HEADER} from "./metrics.js"

const CORNER = 12

/** @param {Brush} brush @param {Group} group @param {Box} box
 * @param {{selected: boolean, hovered: boolean}} marks */
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
