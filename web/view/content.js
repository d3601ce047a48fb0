// @ts-check
/** Links and nodes in tiles: what is drawn of a part of the canvas, and when again. */
/** @import {Box, Key, LinkPlace} from "../types.js" */
/** @import {Brush} from "./brush.js" */
/** @import {Placed} from "./layout.js" */
/** @import {Marks, Strength} from "./marks.js" */
/** @import {Redrawn} from "./redrawn.js" */
/** @import {Renderer} from "./renderer.js" */

import {nodesIn} from "../document/paths.js"
import {grown, touches} from "./boxes.js"
import {contextOf, makeCanvas} from "./canvas.js"
import {Faces, MARGIN} from "./faces.js"
import {extentOf} from "./layout.js"
import {litBy, marksOf, strengthsOf} from "./marks.js"
import {paintEdge} from "./paint_edge.js"
import {paintLinks, paintReroute} from "./paint_link.js"
import {Overview} from "./overview.js"
import {alphaOf, paintFault, paintNode} from "./paint_node.js"
import {CORNER} from "./metrics.js"
import {SIDE, Tiles} from "./tiles.js"

const ORIGIN = {x: 0, y: 0}

export class Content {
  /** What hands hold is not drawn here.
   * @type {{things: Set<Key>, links: Set<string>}} */
  hidden = {things: new Set(), links: new Set()}

  /** @param {Renderer} renderer */
  constructor(renderer) {
    this.renderer = renderer
    this.tiles = new Tiles(makeCanvas, (ctx, box, zoom) => this.#paintPart(ctx, box, zoom))
    this.faces = new Faces(makeCanvas, (ctx, place, scale) => this.#paintFace(ctx, place, scale))
    this.overview = new Overview(makeCanvas)
    this.styles = 0
    /** The nodes among what is selected, and of which selection.
     * @type {{of: Set<Key> | null, size: number, nodes: Set<string>}} */
    this.selected = {of: null, size: 0, nodes: new Set()}
  }

  /** @returns {number} the zoom that it is painted at */
  get zoom() {
    return this.tiles.level?.zoom ?? NaN
  }

  /** @returns {boolean} whether all that was seen has once been painted at this zoom */
  get whole() {
    return this.tiles.level?.ready ?? false
  }

  /** @param {number} zoom */
  setZoom(zoom) {
    const {dpr} = this.renderer
    this.tiles.setZoom(zoom, dpr)
    this.faces.reset(`${this.styles} ${zoom * dpr}`)
  }

  clear() {
    this.tiles.clear()
    this.faces.reset()
    this.overview.touch()
  }

  stale() {
    this.tiles.stale()
  }

  /** Colours have changed. */
  restyle() {
    this.styles++
    this.clear()
  }

  /** What must be painted again; shadows and dots reach out of a node's box.
   * @param {Redrawn} redrawn */
  touch({all, boxes}) {
    if (all) this.tiles.stale()
    else if (boxes.length) this.tiles.touch(boxes.map((box) => grown(box, MARGIN)))
  }

  /** @param {HTMLCanvasElement} canvas @param {Box} view
   * @param {() => boolean} over  is the frame's time over?
   * @returns {boolean} whether all of it is up to date */
  paint(canvas, view, over) {
    const {scene, dpr, parts: {session: {camera}}} = this.renderer
    const ready = this.tiles.work(view, over)
    const still = camera.zoom === this.zoom
    const ahead = ready && (!still || this.tiles.work(grown(view, SIDE / camera.zoom), over))
    const ctx = contextOf(canvas)
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.clearRect(0, 0, canvas.width, canvas.height)
    const bare = !ready && !this.tiles.covers(view)
    if (bare) {
      /** @param {CanvasRenderingContext2D} own */
      const brushFor = (own) => this.renderer.brush(own, 0.1, 1, ORIGIN)
      this.overview.blit(ctx, camera, dpr, scene, brushFor)
    }
    this.tiles.blit(ctx, camera, {w: canvas.width, h: canvas.height}, !bare)
    return ready && ahead
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Placed} place @param {number} scale */
  #paintFace(ctx, place, scale) {
    const {dpr} = this.renderer
    paintNode(this.renderer.brush(ctx, scale / dpr, dpr, {x: place.box.x, y: place.box.y}), place)
  }

  /** @param {CanvasRenderingContext2D} ctx @param {Box} box @param {number} zoom */
  #paintPart(ctx, box, zoom) {
    const {hidden, renderer: {scene, dpr}} = this
    const brush = this.renderer.brush(ctx, zoom, dpr, {x: 0, y: 0})
    const near = grown(box, 8)
    const links = scene.linksNear(near)
      .filter((link) => touches(link.box, near) && !hidden.links.has(link.key))
    paintLinks(brush, links, this.#strengths())
    this.#paintReroutes(brush, near)
    const marks = marksOf(this.renderer.parts.session)
    const nodes = scene.nodesNear(grown(box, MARGIN))
      .filter((place) => !hidden.things.has(`nodes/${place.id}`))
      .filter((place) => touches(grown(extentOf(place), MARGIN), box))
    for (const place of nodes) this.drawNode(brush, place, place.box.x, place.box.y, marks(place.id))
    for (const place of nodes) paintFault(brush, place)
  }

  /** @param {Brush} brush @param {Box} near */
  #paintReroutes(brush, near) {
    const {scene, parts: {session}} = this.renderer
    for (const key of scene.index.things.near(near)) {
      if (!key.startsWith("reroutes/") || this.hidden.things.has(key)) continue
      const id = key.slice(9)
      const [x, y] = scene.canvas.reroutes?.[id]?.place ?? [0, 0]
      const link = scene.links.get(scene.book.rerouted.get(id) ?? "")
      if (link && this.hidden.links.has(link.key)) continue
      const hovered = session.hover.kind === "reroute" && session.hover.id === id
      const colour = link ? brush.colour(link.type) : brush.theme.muted
      paintReroute(brush, {x, y}, colour, {selected: session.selection.has(key), hovered})
    }
  }

  /** A node with its corner at a point of the canvas: the face as it is kept, what changes over it.
   * @param {Brush} brush  its transform takes the canvas to device pixels @param {Placed} place
   * @param {number} x @param {number} y @param {Marks} marks */
  drawNode(brush, place, x, y, marks) {
    const {ctx, scale} = brush
    const {e, f} = ctx.getTransform()
    const left = Math.round(x * scale + e)
    const top = Math.round(y * scale + f)
    ctx.save()
    this.#fade(brush, place, left, top)
    const face = brush.detail > 0 ? this.faces.of(place, this.tiles.level?.scale ?? scale) : null
    if (face) {
      const by = scale / (this.tiles.level?.scale ?? scale)
      const {canvas} = face
      const margin = face.margin * by
      ctx.setTransform(1, 0, 0, 1, 0, 0)
      ctx.drawImage(canvas, left - margin, top - margin, canvas.width * by, canvas.height * by)
    }
    ctx.setTransform(scale, 0, 0, scale, left - place.box.x * scale, top - place.box.y * scale)
    const own = {...brush, origin: {x: place.box.x, y: place.box.y}}
    if (!face) paintNode(own, place)
    paintEdge(own, place, marks)
    ctx.restore()
  }

  /** What is muted is pale, but nothing is seen through it.
   * @param {Brush} brush @param {Placed} place @param {number} left @param {number} top */
  #fade({ctx, scale, theme}, place, left, top) {
    const alpha = alphaOf(place)
    if (alpha === 1) return
    ctx.setTransform(1, 0, 0, 1, 0, 0)
    ctx.fillStyle = theme.canvas
    ctx.beginPath()
    const w = Math.round(place.box.w * scale)
    ctx.roundRect(left, top, w, Math.round(place.box.h * scale), CORNER * scale)
    ctx.fill()
    ctx.globalAlpha = alpha
  }

  /** How strong links are drawn now.
   * @returns {(link: LinkPlace) => Strength} */
  #strengths() {
    const {scene, parts: {session}} = this.renderer
    const {selection} = session
    if (this.selected.of !== selection || this.selected.size !== selection.size) {
      this.selected = {of: selection, size: selection.size, nodes: new Set(nodesIn(selection))}
    }
    return strengthsOf(litBy(session.hover, scene.book), this.selected.nodes)
  }
}
