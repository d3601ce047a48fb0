// @ts-check
/** Which sockets a link in the hand may end in. Pure. */
/** @import {Point, Scene, Socket, Specs} from "../types.js" */

import {nodesIn} from "../document/paths.js"
import {nameOf} from "../view/marks.js"

const REACH = 22 // canvas units around a socket that still mean it

/** Names of all sockets that fit every one of `from` and close no circle.
 * @param {Scene} scene @param {Specs} specs @param {Socket[]} from  all of one side
 * @returns {Set<string>} */
export function fittingSockets(scene, specs, from) {
  const {side} = from[0]
  const barred = new Set(from.flatMap(socket => [...reached(scene, socket.node, side)]))
  const known = remembered(socket => from.every(one => fit(specs, one, socket)))
  /** @type {Set<string>} */
  const names = new Set()
  for (const [id, place] of scene.nodes) {
    if (barred.has(id)) continue
    for (const socket of place.sockets) {
      if (socket.side !== side && known(socket)) names.add(nameOf(socket))
    }
  }
  return names
}

/** There are few types among many sockets. @param {(socket: Socket) => boolean} fits
 * @returns {(socket: Socket) => boolean} */
function remembered(fits) {
  /** @type {Map<string, boolean>} */
  const known = new Map()
  return socket => {
    const had = known.get(socket.type)
    if (had !== undefined) return had
    const found = fits(socket)
    known.set(socket.type, found)
    return found
  }
}

/** @param {Specs} specs @param {Socket} one @param {Socket} other @returns {boolean} */
export function fit(specs, one, other) {
  const [given, wanted] = one.side === "out" ? [one, other] : [other, one]
  return specs.fits(given.type, wanted.type)
}

/** Nodes from which a link to `node` would close a circle: the node, and all before it (for a link
 * that leaves from it) or all after it.
 * @param {Scene} scene @param {string} node @param {"in" | "out"} side @returns {Set<string>} */
function reached(scene, node, side) {
  const seen = new Set([node])
  const open = [node]
  while (open.length) {
    const here = /** @type {string} */ (open.pop())
    for (const link of scene.linksOf(here)) {
      const [near, far] = side === "out" ? [link.node, link.from[0]] : [link.from[0], link.node]
      if (near !== here || seen.has(far)) continue
      seen.add(far)
      open.push(far)
    }
  }
  return seen
}

/** The fitting socket that a point means: one that is near, else the first of the node under it,
 * a free one before one that has a link, a socket before a widget, the same type before any type.
 * @param {Scene} scene @param {Set<string>} fitting @param {Point} point @param {number} zoom
 * @param {string} type @returns {Socket | null} */
export function socketUnder(scene, fitting, point, zoom, type) {
  const hit = scene.at(point, zoom)
  if (hit.kind === "socket" && fitting.has(nameOf(hit.socket))) return hit.socket
  const reach = REACH / Math.min(1, zoom)
  const ids = new Set(nodesNear(scene, point, reach))
  if ("node" in hit) ids.add(hit.node)
  const near = [...ids].flatMap(id => scene.nodes.get(id)?.sockets ?? [])
    .filter(socket => fitting.has(nameOf(socket)))
  const close = near
    .map(socket => ({socket, far: Math.hypot(socket.x - point.x, socket.y - point.y)}))
    .filter(({far}) => far < reach).sort((a, b) => a.far - b.far)
  if (close.length) return close[0].socket
  if (!("node" in hit)) return null
  return bestOf(near.filter(socket => socket.node === hit.node), type)
}

/** @param {Socket[]} sockets @param {string} type @returns {Socket | null} */
export function bestOf(sockets, type) {
  /** @param {Socket} s */
  const cost = s => Number(s.type !== type) * 4 + Number(s.side === "in" && s.linked) * 2
    + Number(s.widget)
  return [...sockets].sort((a, b) => cost(a) - cost(b))[0] ?? null
}

/** @param {Scene} scene @param {Point} point @param {number} reach @returns {string[]} */
function nodesNear(scene, {x, y}, reach) {
  return nodesIn(scene.within({x: x - reach, y: y - reach, w: 2 * reach, h: 2 * reach}))
}
