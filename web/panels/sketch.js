// @ts-check
/** A workflow as a small drawing of its nodes, with what differs from another one marked. */

/** @import {Graph, GraphNode} from "../types.js" */

import {equal} from "../document/values.js"

const SVG = "http://www.w3.org/2000/svg"
const WIDTH = 210
const HEIGHT = 120

/** @param {Graph} graph @param {Graph} other @returns {SVGSVGElement} */
export function sketchOf(graph, other) {
  const boxes = Object.entries(graph.nodes ?? {}).map(([id, node], index) => ({
    ...boxOf(node, index), differs: !equal(node, other.nodes?.[id] ?? null),
  }))
  const left = Math.min(0, ...boxes.map(box => box.x))
  const top = Math.min(0, ...boxes.map(box => box.y))
  const right = Math.max(1, ...boxes.map(box => box.x + box.w))
  const bottom = Math.max(1, ...boxes.map(box => box.y + box.h))
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", `${left - 20} ${top - 20} ${right - left + 40} ${bottom - top + 40}`)
  svg.setAttribute("class", "sketch")
  svg.setAttribute("aria-hidden", "true")
  for (const {x, y, w, h, differs} of boxes) {
    const rect = document.createElementNS(SVG, "rect")
    for (const [key, value] of Object.entries({x, y, width: w, height: h, rx: 10})) {
      rect.setAttribute(key, String(value))
    }
    rect.setAttribute("class", differs ? "sketch-node differs" : "sketch-node")
    svg.append(rect)
  }
  return svg
}

/** Where a node is; those without a place stand in a row.
 * @param {GraphNode} node @param {number} index */
function boxOf({look}, index) {
  const [x, y] = look?.place ?? [index * (WIDTH + 40), 0]
  const [w, h] = look?.size ?? [WIDTH, HEIGHT]
  return {x, y, w, h: look?.collapsed ? 34 : h}
}
