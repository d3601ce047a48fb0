// @ts-check
/** Pulling links: a new one out of a socket, one picked up from its input, all of an output's. Only
 * sockets that fit can be hit; let go over nothing, a new link asks for a node, a picked one
 * goes. */
/** @import {App, Draft, LinkPlace, Op, Point, Socket} from "../types.js" */
/** @import {Touch} from "./tool.js" */

import {IN, OUT} from "../document/paths.js"
import {expose, exposeOutput} from "../document/ports.js"
import {edit} from "./edit.js"
import {cutOps, isLinked, linkOps, linksAt, socketAt, together} from "./links.js"
import {fittingSockets, socketUnder} from "./sockets.js"
import {Drafting} from "./tool.js"

export class Linking extends Drafting {
  cursor = "crosshair"
  follows = true

  /** @param {App} app @param {Socket[]} ends  where the links stay fast, one or more of one side
   * @param {LinkPlace[]} taken  links that are in the hand */
  constructor(app, ends, taken) {
    super()
    this.ends = ends
    this.taken = taken
    this.keys = new Set(taken.map(link => link.key))
    this.fitting = fittingSockets(app.scene, app.specs, ends)
  }

  /** @param {App} app @param {Touch} touch @returns {Draft} */
  draft(app, touch) {
    const {fitting, keys: taken} = this
    const [from, ...others] = this.ends
    const {zoom} = app.session.camera
    const over = socketUnder(app.scene, fitting, touch.point, zoom, from.type)
    return {kind: "link", from, others, taken, fitting, over, to: touch.point}
  }

  /** @param {App} app @param {Draft | null} draft @param {Touch} touch */
  finish(app, draft, touch) {
    if (draft?.kind !== "link") return
    const shown = draft.over ? [] : this.shown(app, touch.point)
    if (draft.over) edit(app, this.joined(app, draft.over))
    else if (shown.length) edit(app, shown)
    else if (isBare(app, touch.point)) this.dropped(app, touch.point)
  }

  /** @param {App} app @param {Socket} over @returns {Op[]} */
  joined(app, over) {
    /** @type {[Socket, Socket][]} */
    const made = this.ends.map(end => over.side === "in" ? [end, over] : [over, end])
    const kept = new Set(made.map(([, input]) => `${input.node}/${input.name}`))
    const lost = this.taken.filter(link => !kept.has(link.key))
    const changed = made.filter(([output, input]) => !isLinked(app.scene, output, input))
    return together(app, [...cutOps(app, lost), ...linkOps(app, changed)])
  }

  /** On the border of a subgraph, a new link makes a socket there.
   * @param {App} app @param {Point} point @returns {Op[]} */
  shown(app, point) {
    const hit = app.scene.at(point, app.session.camera.zoom)
    const [{side, node, name, index}] = this.ends
    if (this.taken.length || !("node" in hit) || hit.node !== (side === "in" ? IN : OUT)) return []
    const {store: {graph}, scene: {where}, specs} = app
    return side === "in" ? expose(graph, where, node, name, specs)
      : exposeOutput(graph, where, node, index, specs)
  }

  /** @param {App} app @param {Point} point */
  dropped(app, point) {
    if (!this.taken.length) return app.ui.addNode(point, this.ends[0])
    edit(app, cutOps(app, this.taken))
  }
}

/** What pulling at a socket does. An input gives up its link, with Shift it keeps it; an output
 * makes a new one, with Shift it gives all it has.
 * @param {App} app @param {Socket} socket @param {boolean} shift @returns {Linking} */
export function pulled(app, socket, shift) {
  const links = linksAt(app.scene, socket)
  const reverse = socket.side === "in" ? !shift : shift
  if (!reverse || !links.length) return new Linking(app, [socket], [])
  const ends = links.map(link => socketAt(app.scene, link, socket.side === "in" ? "start" : "end"))
  const known = /** @type {Socket[]} */ (ends.filter(end => end !== null))
  return known.length ? new Linking(app, known, links) : new Linking(app, [socket], [])
}

/** @param {App} app @param {Point} point @returns {boolean} */
function isBare(app, point) {
  const {kind} = app.scene.at(point, app.session.camera.zoom)
  return kind === "nothing" || kind === "group" || kind === "link"
}
