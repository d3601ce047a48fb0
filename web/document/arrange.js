// @ts-check
/** Ops that put things in line, apart evenly, or in layers from left to right. Pure. */

/** @import {Box, Canvas, Graph, Key, Op, Point, Where} from "../types.js" */

import {beside} from "./beside.js"
import {layered} from "./layers.js"
import {chainOf, linksOf} from "./links.js"
import {canvasOf, keyPath, pathOf, splitKey} from "./paths.js"

/** @typedef {"left" | "centre" | "right" | "top" | "middle" | "bottom"} Side */

/** Places for the nodes of a canvas: in columns, what feeds left of what is fed.
 * @param {Canvas} canvas @param {Map<string, {w: number, h: number}>} sizes  of the nodes by id
 * @returns {Map<string, [number, number]>} */
export function arrange(canvas, sizes) {
  return layered(canvas, sizes)
}

/** Put nodes in layers; the corner of what is arranged stays where it is. Groups go with what
 * they hold, notes out of the way, reroutes between the ends of their links.
 * @param {Graph} graph @param {Where} where @param {Map<Key, Box>} boxes  also of groups and notes
 * that may be moved
 * @param {Map<string, [Point, Point]>} [bent]  where links that have reroutes begin and end
 * @returns {Op[]} */
export function arranged(graph, where, boxes, bent = new Map()) {
  const nodes = new Map([...boxes].filter(([key]) => key.startsWith("nodes/"))
    .map(([key, box]) => [splitKey(key)[1], box]))
  if (!nodes.size) return []
  const left = Math.min(...[...nodes.values()].map(({x}) => x))
  const top = Math.min(...[...nodes.values()].map(({y}) => y))
  const places = layered(canvasOf(graph, where), nodes)
  /** @type {Map<Key, Box>} */
  const after = new Map([...places].map(([id, [x, y]]) => {
    const {w, h} = /** @type {Box} */ (nodes.get(id))
    return [`nodes/${id}`, {x: Math.round(left + x), y: Math.round(top + y), w, h}]
  }))
  const others = beside(boxes, after)
  const ops = [...after, ...others].flatMap(([key, box]) => {
    const was = /** @type {Box} */ (boxes.get(key))
    return moved(where, key, {...was, w: box.w, h: box.h}, box.x, box.y)
  })
  const carried = (/** @type {string} */ id, /** @type {Point} */ {x, y}) => {
    const [from, to] = [boxes.get(`nodes/${id}`), after.get(`nodes/${id}`)]
    return from && to ? {x: x + to.x - from.x, y: y + to.y - from.y} : {x, y}
  }
  return [...ops, ...between(graph, where, bent, carried)]
}

/** Ops that put the reroutes of links in a row between their ends.
 * @param {Graph} graph @param {Where} where @param {Map<string, [Point, Point]>} bent
 * @param {(id: string, point: Point) => Point} carried  where a point of a node is now
 * @returns {Op[]} */
function between(graph, where, bent, carried) {
  const canvas = canvasOf(graph, where)
  const sources = new Map(linksOf(canvas).map(({from, id, input}) => [`${id}/${input}`, from[0]]))
  return [...bent].flatMap(([key, [start, end]]) => {
    const from = carried(sources.get(key) ?? "", start)
    const to = carried(splitKey(key)[0], end)
    if (from.x === start.x && from.y === start.y && to.x === end.x && to.y === end.y) return []
    const chain = chainOf(canvas, key)
    return chain.map((id, at) => {
      const part = (at + 1) / (chain.length + 1)
      const [x, y] = [from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part]
      const value = [Math.round(x), Math.round(y)]
      return /** @type {Op} */ ({op: "set", path: pathOf(...where, "reroutes", id, "place"), value})
    })
  })
}

/** Put one side of things in line.
 * @param {Where} where @param {Map<Key, Box>} boxes @param {Side} side @returns {Op[]} */
export function align(where, boxes, side) {
  const all = [...boxes.values()]
  if (all.length < 2) return []
  const left = Math.min(...all.map(({x}) => x))
  const top = Math.min(...all.map(({y}) => y))
  const right = Math.max(...all.map(({x, w}) => x + w))
  const bottom = Math.max(...all.map(({y, h}) => y + h))
  return [...boxes].flatMap(([key, box]) => {
    const {x, y, w, h} = box
    switch (side) {
      case "left": return moved(where, key, box, left, y)
      case "right": return moved(where, key, box, right - w, y)
      case "centre": return moved(where, key, box, (left + right - w) / 2, y)
      case "top": return moved(where, key, box, x, top)
      case "bottom": return moved(where, key, box, x, bottom - h)
      case "middle": return moved(where, key, box, x, (top + bottom - h) / 2)
    }
  })
}

/** Leave the same room between things; the first and the last stay, if there is room at all.
 * @param {Where} where @param {Map<Key, Box>} boxes @param {"across" | "down"} way
 * @returns {Op[]} */
export function distribute(where, boxes, way) {
  const at = way === "across" ? "x" : "y"
  const size = way === "across" ? "w" : "h"
  const inOrder = [...boxes].sort(([, a], [, b]) => a[at] + a[size] / 2 - b[at] - b[size] / 2)
  if (inOrder.length < 3) return []
  const first = inOrder[0][1][at]
  const last = Math.max(...inOrder.map(([, box]) => box[at] + box[size]))
  const filled = inOrder.reduce((sum, [, box]) => sum + box[size], 0)
  const room = Math.max((last - first - filled) / (inOrder.length - 1), 0)
  let next = first
  return inOrder.flatMap(([key, box]) => {
    const to = {...box, [at]: next}
    next += box[size] + room
    return moved(where, key, box, to.x, to.y)
  })
}

/** @param {Where} where @param {Key} key @param {Box} box @param {number} x @param {number} y
 * @returns {Op[]} */
function moved(where, key, box, x, y) {
  const [left, top] = [Math.round(x), Math.round(y)]
  if (left === box.x && top === box.y) return []
  if (key.startsWith("nodes/")) {
    return [{op: "set", path: keyPath(where, key, "look", "place"), value: [left, top]}]
  }
  return [{op: "set", path: keyPath(where, key, "box"), value: [left, top, box.w, box.h]}]
}
