// @ts-check
/** Places of things that have only been moved: all of them as it was, elsewhere. Pure. */
/** @import {Box, GraphNode, LinkPlace} from "../types.js" */
/** @import {Lines, Placed} from "./layout.js" */

import {moved} from "./boxes.js"

/** How far something has been moved. @typedef {{dx: number, dy: number}} Way */

/** A node's place; its face is the same. @param {Placed} place @param {Way} way
 * @returns {Placed} */
export function carriedNode(place, {dx, dy}) {
  const lines = (/** @type {Lines | null} */ one) => one && {...one, box: moved(one.box, dx, dy)}
  const box = (/** @type {Box | null} */ one) => one && moved(one, dx, dy)
  return {
    ...place,
    box: moved(place.box, dx, dy),
    sockets: place.sockets.map((socket) => ({...socket, x: socket.x + dx, y: socket.y + dy})),
    widgets: place.widgets.map((widget) => ({...widget, box: moved(widget.box, dx, dy)})),
    picture: box(place.picture), footer: box(place.footer),
    said: lines(place.said), fault: lines(place.fault),
  }
}

/** @param {LinkPlace} link @param {Way} way @returns {LinkPlace} */
export function carriedLink(link, {dx, dy}) {
  const points = link.points.map(({x, y}) => ({x: x + dx, y: y + dy}))
  return {...link, points, box: moved(link.box, dx, dy)}
}

/** How far a node has been moved since it was placed; null if it is another one, or if it has no
 * place of its own.
 * @param {Placed | undefined} place @param {GraphNode | undefined} node @returns {Way | null} */
export function wayOf(place, node) {
  const to = node?.look?.place
  if (!place || !to || place.node !== node) return null
  return {dx: to[0] - place.box.x, dy: to[1] - place.box.y}
}
