// @ts-check
/** Things that hands hold: they are left out of the content and drawn over it where they are held.
 * Pure: from drafts and peers to offsets. */
/** @import {Box, Key, LinkPlace, Point, Presence, SessionState} from "../types.js" */
/** @import {CanvasScene} from "./scene.js" */
/** @import {Placed} from "./layout.js" */

import {moved} from "./boxes.js"
import {inputOf, outputOf} from "./layout.js"
import {linkBox} from "./route.js"

/** size: the box a hand has given it; else it is only moved. copy: it stays, a copy of it moves.
 * @typedef {{dx: number, dy: number, size: Box | null, copy: boolean}} Hold */

/** @param {SessionState} session @param {CanvasScene} scene @returns {Map<Key, Hold>} */
export function holdsOf({draft, peers}, scene) {
  /** @type {Map<Key, Hold>} */
  const holds = new Map()
  for (const peer of peers.values()) {
    if (!peer.drag || !sameCanvas(peer, scene)) continue
    const {keys, dx, dy} = peer.drag
    const hold = {dx, dy, size: null, copy: false}
    for (const key of keys) holds.set(key, hold)
  }
  if (draft?.kind === "move") {
    const {keys, dx, dy, copy = false} = draft
    const hold = {dx, dy, size: null, copy}
    for (const key of keys) holds.set(key, hold)
  }
  if (draft?.kind === "size") holds.set(draft.key, {dx: 0, dy: 0, size: draft.box, copy: false})
  return holds
}

/** Whether the same things are held, wherever to.
 * @param {Map<Key, Hold>} some @param {Map<Key, Hold>} others @returns {boolean} */
export function holdAlike(some, others) {
  if (some.size !== others.size) return false
  for (const [key, {copy}] of some) if (others.get(key)?.copy !== copy) return false
  return true
}

/** Whether a thing of a kind is held. @param {Map<Key, Hold>} holds @param {string} kind
 * @returns {boolean} */
export function holdsKind(holds, kind) {
  for (const key of holds.keys()) if (key.startsWith(kind)) return true
  return false
}

/** What is not drawn at its place while hands hold it: things, and the links that follow or are in
 * the hand.
 * @param {SessionState} session @param {Map<Key, Hold>} holds @param {CanvasScene} scene
 * @returns {{things: Set<Key>, links: Set<string>}} */
export function hiddenBy({draft}, holds, scene) {
  const things = new Set([...holds].flatMap(([key, hold]) => (hold.copy ? [] : [key])))
  const links = followersOf(things, scene)
  if (draft?.kind === "link") for (const key of draft.taken ?? []) links.add(key)
  if (draft?.kind === "bend") links.add(draft.link)
  return {things, links}
}

/** @param {Presence} peer @param {CanvasScene} scene @returns {boolean} */
export function sameCanvas(peer, scene) {
  return peer.where.join("/") === scene.where.join("/")
}

/** Keys of the links that follow what is held.
 * @param {Iterable<Key>} keys @param {CanvasScene} scene @returns {Set<string>} */
export function followersOf(keys, scene) {
  /** @type {Set<string>} */
  const links = new Set()
  for (const key of keys) {
    if (key.startsWith("nodes/")) {
      const id = key.slice(6)
      for (const link of scene.book.entering.get(id) ?? []) links.add(link)
      for (const link of scene.book.leaving.get(id) ?? []) links.add(link)
    } else if (key.startsWith("reroutes/")) {
      const own = scene.book.rerouted.get(key.slice(9))
      if (own !== undefined) links.add(own)
    }
  }
  return links
}

/** A node where it is held.
 * @param {Placed} place @param {Hold} hold @param {CanvasScene} scene @returns {Placed} */
export function heldNode(place, hold, scene) {
  return hold.size ? sizedOnce(scene, place, hold.size) : place
}

/** What was last made another size: a frame, and every link of the node, ask for the same.
 * @type {WeakMap<Placed, {size: Box, made: Placed}>} */
const lastSized = new WeakMap()

/** @param {CanvasScene} scene @param {Placed} place @param {Box} size @returns {Placed} */
function sizedOnce(scene, place, size) {
  const last = lastSized.get(place)
  if (last?.size === size) return last.made
  const made = scene.sized(place.id, size) ?? place
  lastSized.set(place, {size, made})
  return made
}

/** A link as it runs while its ends and reroutes are held.
 * @param {LinkPlace} link @param {Map<Key, Hold>} holds @param {CanvasScene} scene
 * @returns {LinkPlace} */
export function heldLink(link, holds, scene) {
  const chain = scene.book.chain(link.key, scene.canvas.reroutes)
  const last = link.points.length - 1
  const points = link.points.map((point, i) => {
    if (i > 0 && i < last) return shifted(point, holds.get(`reroutes/${chain[i - 1]}`))
    const id = i ? link.node : link.from[0]
    const hold = holds.get(`nodes/${id}`)
    return hold?.size ? resizedEnd(scene, link, i > 0, hold.size) ?? point : shifted(point, hold)
  })
  return {...link, points, box: linkBox(points)}
}

/** @param {CanvasScene} scene @param {LinkPlace} link @param {boolean} end @param {Box} size
 * @returns {Point | null} */
function resizedEnd(scene, link, end, size) {
  const had = scene.nodes.get(end ? link.node : link.from[0])
  const place = had && sizedOnce(scene, had, size)
  const socket = end ? inputOf(place, link.input) : outputOf(place, link.from[1])
  return socket ? {x: socket.x, y: socket.y} : null
}

/** @param {Point} point @param {Hold | undefined} hold @returns {Point} */
function shifted(point, hold) {
  return hold ? {x: point.x + hold.dx, y: point.y + hold.dy} : point
}

/** @param {Box} box @param {Hold | undefined} hold @returns {Box} */
export function heldBox(box, hold) {
  if (!hold) return box
  return hold.size ?? moved(box, hold.dx, hold.dy)
}
