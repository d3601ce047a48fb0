// @ts-check
/** Putting a node into a link by letting it go there: which link it would be, and the ops. */
/** @import {App, Box, Key, LinkPlace, Op, Point, Socket} from "../types.js" */

import {insertIntoLink} from "../document/changes.js"
import {splitKey} from "../document/paths.js"
import {socketAt} from "./links.js"
import {bestOf, fit} from "./sockets.js"
import {holds, moved, touches} from "../view/boxes.js"
import {crosses, distance, middle} from "../view/route.js"

const REACH = 120 // canvas units from a node's top in which a link is meant

/** The link that a moved node would be put into: it is the only one in the hand, hangs on nothing,
 * lies on the link, and both of its sides fit. Of several, the one nearest to the pointer.
 * @param {App} app @param {Set<Key>} keys @param {number} dx @param {number} dy
 * @param {Point} point
 * @returns {LinkPlace | null} */
export function insertion(app, keys, dx, dy, point) {
  const [key] = keys
  if (keys.size !== 1 || !key.startsWith("nodes/")) return null
  const id = splitKey(key)[1]
  const place = app.scene.nodes.get(id)
  if (!place || app.scene.linksOf(id).length) return null
  const box = moved(place.box, dx, dy)
  const links = app.scene.linksNear(topOf(box))
    .filter(link => liesOn(box, link) && endsFor(app, id, link))
  const far = new Map(links.map(link => [link, distance(link.points, point)]))
  return links.sort((a, b) => (far.get(a) ?? 0) - (far.get(b) ?? 0))[0] ?? null
}

/** Of a node, where a link is meant. @param {Box} box @returns {Box} */
function topOf(box) {
  return {...box, h: Math.min(box.h, REACH)}
}

/** Whether a link goes through the middle of a node's top, or has its own middle in it.
 * @param {Box} box @param {LinkPlace} link @returns {boolean} */
function liesOn(box, link) {
  const top = topOf(box)
  if (!touches(link.box, top)) return false
  const {x, y, w, h} = top
  const across = x + w / 2
  return crosses(link.points, {x: across, y}, {x: across, y: y + h})
    || holds(top, middle(link.points).point)
}

/** Ops that put a node into a link. @param {App} app @param {Key} key
 * @param {string} onto  the link's
 * @returns {Op[]} */
export function insertOps(app, key, onto) {
  const id = splitKey(key)[1]
  const link = app.scene.links.get(onto)
  const ends = link ? endsFor(app, id, link) : null
  if (!link || !ends) return []
  const {graph} = app.store
  const {input, output} = ends
  return insertIntoLink(graph, app.scene.where, link.key, id, input.name, output.index)
}

/** The sockets of a node by which it fits into a link. @param {App} app @param {string} id
 * @param {LinkPlace} link @returns {{input: Socket, output: Socket} | null} */
function endsFor(app, id, link) {
  const sockets = app.scene.nodes.get(id)?.sockets ?? []
  const start = socketAt(app.scene, link, "start")
  const end = socketAt(app.scene, link, "end")
  if (!start || !end) return null
  const input = bestOf(sockets.filter(s => s.side === "in" && fit(app.specs, start, s)), start.type)
  const output = bestOf(sockets.filter(s => s.side === "out" && fit(app.specs, s, end)), end.type)
  return input && output ? {input, output} : null
}
