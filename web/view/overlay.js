// @ts-check
/** The layer over everything: what is held, what a hand is doing, what others do. Cleared and drawn
 * whole, since little is on it. */
/** @import {Box, Key, LinkPlace, Presence} from "../types.js" */
/** @import {Brush} from "./brush.js" */
/** @import {Hold} from "./lifted.js" */
/** @import {Placed} from "./layout.js" */
/** @import {Renderer} from "./renderer.js" */

import {grown, moved, touches} from "./boxes.js"
import {contextOf} from "./canvas.js"
import {MARGIN} from "./faces.js"
import {sketch} from "./overview.js"
import {followersOf, heldBox, heldLink, heldNode, sameCanvas} from "./lifted.js"
import {marksOf, strengthsOf} from "./marks.js"
import {paintCursor, paintDraft, paintSelection} from "./paint_draft.js"
import {paintLinks, paintReroute} from "./paint_link.js"
import {paintFault} from "./paint_node.js"

/** More nodes than this in the hand, as small as blocks, are drawn as plain ones: a frame has no time
 * for round corners of thousands. */
const MANY = 800

export class Overlay {
  #empty = false

  /** @param {Renderer} renderer */
  constructor(renderer) {
    this.renderer = renderer
  }

  /** @param {Box} view @param {Map<Key, Hold>} holds */
  paint(view, holds) {
    const {parts: {session}, scene, layers, dpr} = this.renderer
    const {camera, draft} = session
    const peers = [...session.peers.values()].filter((peer) => sameCanvas(peer, scene))
    const empty = !holds.size && !draft && !peers.length
    if (empty && this.#empty) return
    this.#empty = empty
    const ctx = contextOf(layers.overlay)
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, layers.overlay.width, layers.overlay.height)
    if (empty) return
    const scale = camera.zoom * dpr
    const left = -Math.round(camera.x * scale)
    const top = -Math.round(camera.y * scale)
    ctx.setTransform(scale, 0, 0, scale, left, top)
    const brush = this.renderer.brush(ctx, camera.zoom, dpr, {x: 0, y: 0})
    if (holds.size) this.#paintHeld(brush, holds, view)
    ctx.setTransform(scale, 0, 0, scale, left, top)
    if (draft) paintDraft(brush, draft, scene, view)
    for (const peer of peers) this.#paintPeer(brush, peer, holds, view)
    ctx.setTransform(dpr, 0, 0, dpr, 0, 0)
    const flat = this.renderer.brush(ctx, 1, dpr, {x: 0, y: 0})
    for (const peer of peers) paintCursor(flat, peer, camera)
  }

  /** @param {Brush} brush @param {Map<Key, Hold>} holds @param {Box} view */
  #paintHeld(brush, holds, view) {
    const {scene, content, parts: {session}} = this.renderer
    const links = this.#heldLinks(holds, view)
    paintLinks(brush, links, strengthsOf(new Set(), new Set()))
    for (const link of links) this.#paintReroutes(brush, link)
    const marks = marksOf(session)
    const nodes = this.#heldNodes(holds, view)
    if (brush.detail === 0 && nodes.length > MANY) return this.#sketch(brush, nodes)
    for (const {place, hold} of nodes) {
      const own = heldNode(place, hold, scene)
      content.drawNode(brush, own, own.box.x + hold.dx, own.box.y + hold.dy, marks(place.id))
      if (!own.fault) continue
      const {box, lines} = own.fault
      paintFault(brush, {fault: {lines, box: moved(box, hold.dx, hold.dy)}})
    }
  }

  /** Nodes that are seen while they are held, lowest first.
   * @param {Map<Key, Hold>} holds @param {Box} view @returns {{place: Placed, hold: Hold}[]} */
  #heldNodes(holds, view) {
    const {scene} = this.renderer
    return scene.sorted([...holds.keys()]).flatMap((key) => {
      const hold = /** @type {Hold} */ (holds.get(key))
      const place = key.startsWith("nodes/") ? scene.nodes.get(key.slice(6)) : undefined
      if (!place || !touches(grown(heldBox(place.box, hold), MARGIN), view)) return []
      return [{place, hold}]
    })
  }

  /** @param {Brush} brush @param {{place: Placed, hold: Hold}[]} nodes */
  #sketch(brush, nodes) {
    const {selection} = this.renderer.parts.session
    const {accent, "line-strong": plain} = brush.theme
    for (const {place, hold} of nodes) {
      const outline = selection.has(`nodes/${place.id}`) ? accent : plain
      sketch(brush, place, heldBox(place.box, hold), outline, brush.hair)
    }
  }

  /** Links that follow what is held, as they run now. Of copies, only those among themselves.
   * @param {Map<Key, Hold>} holds @param {Box} view @returns {LinkPlace[]} */
  #heldLinks(holds, view) {
    const {scene} = this.renderer
    const copies = [...holds.values()].some(({copy}) => copy)
    return [...followersOf(holds.keys(), scene)].flatMap((key) => {
      const link = scene.links.get(key)
      if (!link) return []
      const among = holds.has(`nodes/${link.from[0]}`) && holds.has(`nodes/${link.node}`)
      if (copies && !among) return []
      if (!mayShow(link, holds, view)) return []
      const held = heldLink(link, holds, scene)
      return touches(held.box, view) ? [held] : []
    })
  }

  /** @param {Brush} brush @param {LinkPlace} link */
  #paintReroutes(brush, link) {
    const {scene, parts: {session}} = this.renderer
    const colour = brush.colour(link.type)
    scene.book.chain(link.key, scene.canvas.reroutes).forEach((id, i) => {
      const selected = session.selection.has(`reroutes/${id}`)
      paintReroute(brush, link.points[i + 1], colour, {selected, hovered: false})
    })
  }

  /** @param {Brush} brush @param {Presence} peer @param {Map<Key, Hold>} holds @param {Box} view */
  #paintPeer(brush, peer, holds, view) {
    const boxes = peer.selection.flatMap((key) => {
      const box = this.renderer.scene.boxOf(key)
      const own = box && heldBox(box, holds.get(key))
      return own && touches(own, view) ? [own] : []
    })
    paintSelection(brush, peer, boxes)
  }
}

/** A link whose ends are both held goes with them: its box tells whether it is seen.
 * @param {LinkPlace} link @param {Map<Key, Hold>} holds @param {Box} view @returns {boolean} */
function mayShow(link, holds, view) {
  const start = holds.get(`nodes/${link.from[0]}`)
  const end = holds.get(`nodes/${link.node}`)
  if (!start || !end || start.size || end.size || start.dx !== end.dx) return true
  return touches(moved(link.box, start.dx, start.dy), view)
}
