// @ts-check
/** What a session marks on the canvas: nodes under the mouse or selected, links that are lit or
 * dim. Pure. */
/** @import {Hit, Json, LinkPlace, Session, Socket} from "../types.js" */
/** @import {LinkBook} from "./link_book.js" */

/** hovered: the mouse is over it; widget: the one under the mouse; value: shown for a widget while
 * a hand drags it.
 * @typedef {{hovered: boolean, selected: boolean, widget: string | null,
 *   value: {name: string, value: Json} | null}} Marks */
/** How strong a link is drawn: lit under a hand, dim beside a selection.
 * @typedef {"plain" | "lit" | "dim"} Strength */

/** @type {Marks} */
const UNMARKED = {hovered: false, selected: false, widget: null, value: null}

/** The name of a socket in `Draft.fitting`. @param {Socket} socket @returns {string} */
export function nameOf(socket) {
  const {side, node} = socket
  return side === "in" ? `in/${node}/${socket.name}` : `out/${node}/${socket.index}`
}

/** The node that a hit is part of.
 * @param {Hit} hit @returns {string | null} */
export function nodeOf(hit) {
  if (hit.kind === "socket") return hit.socket.node
  if (hit.kind === "corner") return hit.key.startsWith("nodes/") ? hit.key.slice(6) : null
  return "node" in hit ? hit.node : null
}

/** Keys of the links that a hit lights: a socket's, or the one under the mouse.
 * @param {Hit} hit @param {LinkBook} book @returns {Set<string>} */
export function litBy(hit, book) {
  if (hit.kind === "link") return new Set([hit.link.key])
  if (hit.kind === "reroute") {
    const key = book.rerouted.get(hit.id)
    return new Set(key === undefined ? [] : [key])
  }
  if (hit.kind !== "socket") return new Set()
  const {socket} = hit
  if (socket.side === "in") return new Set([`${socket.node}/${socket.name}`])
  const leaving = [...book.leaving.get(socket.node) ?? []]
  return new Set(leaving.filter((key) => book.wires.get(key)?.from[1] === socket.index))
}

/** @param {Set<string>} lit  keys of links @param {Set<string>} selected  ids of nodes
 * @returns {(link: LinkPlace) => Strength} */
export function strengthsOf(lit, selected) {
  return ({key, from, node}) => {
    if (lit.has(key)) return "lit"
    return !selected.size || selected.has(from[0]) || selected.has(node) ? "plain" : "dim"
  }
}

/** @param {Pick<Session, "hover" | "selection" | "draft">} session
 * @returns {(id: string) => Marks} */
export function marksOf({hover, selection, draft}) {
  const under = nodeOf(hover)
  const widget = hover.kind === "widget" ? hover.widget.name : null
  const value = draft?.kind === "value" ? draft : null
  return (id) => {
    const hovered = id === under
    const selected = selection.has(`nodes/${id}`)
    const dragged = value?.node === id
    if (!hovered && !selected && !dragged) return UNMARKED
    return {hovered, selected, widget: hovered ? widget : null, value: dragged ? value : null}
  }
}
