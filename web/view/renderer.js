// @ts-check
/** Draws a scene: ground, notes, content and overlay, each only when something of it has changed,
 * once a frame. The only part of the view that has a screen. */
/** @import {Box, Hit, InputSpec, Key, Measure, Session, Theme, Translate, Widget}
 *   from "../types.js" */
/** @import {CanvasScene} from "./scene.js" */
/** @import {Hold} from "./lifted.js" */
/** @import {Pictures} from "./pictures.js" */

import {nodesIn} from "../document/paths.js"
import {brushes} from "./brush.js"
import {seen} from "./camera.js"
import {makeCanvas} from "./canvas.js"
import {Content} from "./content.js"
import {Ground} from "./ground.js"
import {followersOf, hiddenBy, holdAlike, holdsKind, holdsOf} from "./lifted.js"
import {boxesOf} from "./link_book.js"
import {litBy, nodeOf} from "./marks.js"
import {Overlay} from "./overlay.js"
import {Notes} from "./paint_note.js"
import {Redrawn} from "./redrawn.js"
import {loadTheme} from "./theme.js"

/** Milliseconds of a frame, and tiles, for painting what is not there yet: while the camera moves,
 * and at rest. Tiles are counted too, since a clock does not see how long they take to be
 * rastered. */
const BUDGET = {moving: {time: 3, tiles: 4}, resting: {time: 10, tiles: 20}}
/** Milliseconds without a move after which the camera rests and all is painted at its own zoom. */
const REST = 130
/** Bitmaps are stretched as far as this before they are painted anew while the camera moves. */
const STRETCH = 1.5
/** And as far as this while those of another zoom are not yet all there. */
const MOST_STRETCH = 2.5

/** @typedef {"ground" | "content" | "overlay" | "notes"} Layer */

/** @type {Layer[]} */
const LAYERS = ["ground", "content", "overlay", "notes"]

/** @typedef {Object} RendererParts
 * @property {CanvasScene} scene
 * @property {Session} session
 * @property {Measure} measure
 * @property {Translate} t
 * @property {(input: InputSpec) => Widget} widgetOf
 * @property {Pictures} pictures
 * @property {(text: string) => Promise<string>} markdown  to HTML that is safe
 */

export class Renderer {
  theme = loadTheme()
  times = false
  dpr = 1
  /** Milliseconds of script that the last frame took. */
  took = 0
  #waiting = 0
  #dirty = {ground: true, content: true, overlay: true, notes: true}
  #moved = -Infinity
  #timer = 0
  /** What ends with the scene, and with the renderer.
   * @type {(() => void)[]} */
  #stops = []
  /** @type {(() => void)[]} */
  #always = []
  /** @type {Map<Key, Hold>} */
  #holds = new Map()
  /** @type {Hit} */
  #hover = {kind: "nothing"}
  /** @type {Set<Key>} */
  #selection = new Set()
  /** The node and widget whose value a hand drags.
   * @type {string | null} */
  #dragged = null

  /** @param {HTMLElement} host @param {RendererParts} parts */
  constructor(host, parts) {
    this.host = host
    this.parts = parts
    this.scene = parts.scene
    this.layers = makeLayers(host)
    this.ground = new Ground(this)
    this.notes = new Notes(this.layers.notes, parts.markdown)
    this.brush = this.#brushes()
    this.content = new Content(this)
    this.overlay = new Overlay(this)
    this.#watch()
    this.#resize()
    this.show(parts.scene)
  }

  /** Show another scene.
   * @param {CanvasScene} scene */
  show(scene) {
    for (const stop of this.#stops) stop()
    this.scene = scene
    this.#stops = [scene.touched.on(({redrawn, whole, notes}) => {
      if (whole) this.content.clear()
      else this.content.touch(redrawn)
      this.content.overview.touch()
      if (notes || whole) this.#dirty.notes = true
      this.#dirty.ground = true
      this.#ask("content")
      this.#ask("overlay")
    })]
    scene.arrived()
    this.content.clear()
    this.#selection = new Set(this.parts.session.selection)
    this.#lift()
    this.invalidate()
  }

  /** The page's colours have changed.
   * @param {Theme} [theme] */
  setTheme(theme = loadTheme()) {
    this.theme = theme
    this.brush = this.#brushes()
    this.content.restyle()
    this.invalidate()
  }

  /** Show how long each node took, or not.
   * @param {boolean} on */
  showTimes(on) {
    if (on === this.times) return
    this.times = on
    this.setTheme(this.theme)
  }

  /** Draw a layer again; keys: only what these cover.
   * @param {Layer} [layer]  all without one
   * @param {Iterable<Key>} [keys] */
  invalidate(layer, keys) {
    if (keys) this.content.touch(this.#redrawn(keys))
    else if (layer === "content" || !layer) this.content.stale()
    for (const name of layer ? [layer] : LAYERS) this.#ask(name)
  }

  dispose() {
    for (const stop of [...this.#stops, ...this.#always]) stop()
    cancelAnimationFrame(this.#waiting)
    clearTimeout(this.#timer)
    this.layers.root.remove()
  }

  #brushes() {
    const {measure, t, widgetOf, pictures} = this.parts
    return brushes({
      theme: this.theme, measure, t, widgetOf, times: this.times,
      picture: (url) => pictures.get(url),
    })
  }

  #watch() {
    const observer = new ResizeObserver(() => this.#resize())
    observer.observe(this.host)
    this.#watchRatio()
    this.#always = [
      () => observer.disconnect(),
      this.parts.session.on((names) => this.#hear(names)),
      this.parts.pictures.loaded.on((url) => this.scene.arrived(url)),
    ]
  }

  /** Another screen, or the browser's own zoom. */
  #watchRatio() {
    const ratio = matchMedia(`(resolution: ${devicePixelRatio}dppx)`)
    ratio.addEventListener("change", () => {
      if (!this.layers.root.isConnected) return
      this.#resize()
      this.#watchRatio()
    }, {once: true})
  }

  #resize() {
    const {clientWidth: w, clientHeight: h} = this.host
    const dpr = devicePixelRatio || 1
    if (dpr !== this.dpr) {
      this.dpr = dpr
      this.content.clear()
    }
    for (const canvas of [this.layers.ground, this.layers.content, this.layers.overlay]) {
      canvas.width = Math.round(w * dpr)
      canvas.height = Math.round(h * dpr)
      canvas.style.width = `${canvas.width / dpr}px`
      canvas.style.height = `${canvas.height / dpr}px`
    }
    this.parts.session.set({screen: {w, h}})
    this.invalidate()
  }

  /** @param {Set<string>} names  what of the session has changed */
  #hear(names) {
    if (names.has("camera")) this.#move()
    if (names.has("selection")) this.#select()
    if (names.has("hover")) this.#point()
    if (names.has("draft") || names.has("peers")) {
      this.#lift()
      this.#drag()
      this.#ask("overlay")
    }
  }

  #move() {
    this.#moved = performance.now()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ask("content"), REST + 5)
    for (const name of LAYERS) this.#ask(name)
  }

  /** Selected nodes have another line, and links that touch none of them are dim. */
  #select() {
    const {selection} = this.parts.session
    const before = this.#selection
    const changed = difference(before, selection)
    this.#selection = new Set(selection)
    const dims = !nodesIn(before).length !== !nodesIn(selection).length
    if (dims) this.content.stale()
    else this.content.touch(this.#redrawn(changed, () => followersOf(changed, this.scene)))
    for (const name of /** @type {const} */ (["ground", "content", "notes"])) this.#ask(name)
  }

  #point() {
    const {hover} = this.parts.session
    const before = this.#hover
    this.#hover = hover
    for (const hit of [before, hover]) {
      const id = nodeOf(hit)
      const lit = () => litBy(hit, this.scene.book)
      this.content.touch(this.#redrawn(id === null ? [] : [`nodes/${id}`], lit))
      if (hit.kind === "group") this.#ask("ground")
      if (hit.kind === "reroute") this.invalidate("content", [`reroutes/${hit.id}`])
    }
    this.#ask("content")
  }

  /** What covers things and links.
   * @param {Iterable<Key>} things
   * @param {() => Iterable<string>} [links]  not asked for if there are too many things already
   * @returns {Redrawn} */
  #redrawn(things, links = () => []) {
    const redrawn = new Redrawn()
    for (const key of things) redrawn.add(() => this.scene.boxOf(key) ?? [])
    for (const key of redrawn.all ? [] : links()) {
      const link = this.scene.links.get(key)
      if (link) redrawn.add(() => boxesOf(link))
    }
    return redrawn
  }

  /** What is held leaves the content once, and comes back once. */
  #lift() {
    const {session} = this.parts
    const holds = holdsOf(session, this.scene)
    const had = this.#holds
    this.#holds = holds
    const held = (/** @type {string} */ kind) => holdsKind(holds, kind) || holdsKind(had, kind)
    if (held("groups/")) this.#ask("ground")
    if (held("notes/")) this.#ask("notes")
    if (session.draft?.kind === "move" && holdAlike(holds, had)) return
    const before = this.content.hidden
    const hidden = hiddenBy(session, holds, this.scene)
    const things = difference(before.things, hidden.things)
    const links = difference(before.links, hidden.links)
    this.content.hidden = hidden
    if (!things.length && !links.length) return
    this.content.touch(this.#redrawn(things, () => links))
    this.#ask("content")
  }

  #drag() {
    const {draft} = this.parts.session
    const node = draft?.kind === "value" ? draft.node : null
    for (const id of [node, this.#dragged]) {
      if (id !== null) this.invalidate("content", [`nodes/${id}`])
    }
    this.#dragged = node
  }

  /** @param {Layer} name */
  #ask(name) {
    this.#dirty[name] = true
    if (!this.#waiting) this.#waiting = requestAnimationFrame(() => this.#frame())
  }

  #frame() {
    this.#waiting = 0
    const began = performance.now()
    const dirty = this.#dirty
    this.#dirty = {ground: false, content: false, overlay: false, notes: false}
    const {camera, screen} = this.parts.session
    if (!screen.w || !screen.h) return
    const view = seen(camera, screen)
    if (dirty.ground) this.ground.paint(view, this.#holds)
    if (dirty.notes) this.notes.update(this.scene, this.parts.session, view, this.#holds)
    if (dirty.content && !this.#paintContent(view, began)) this.#ask("content")
    if (dirty.overlay) this.overlay.paint(view, this.#holds)
    this.took = performance.now() - began
  }

  /** @param {Box} view @param {number} began @returns {boolean} whether all of it is up to date */
  #paintContent(view, began) {
    const {camera} = this.parts.session
    const moving = began - this.#moved < REST
    const by = camera.zoom / this.content.zoom
    const most = this.content.whole ? STRETCH : MOST_STRETCH
    if (!moving || !(by < most && by > 1 / most)) this.content.setZoom(camera.zoom)
    const {time, tiles} = moving ? BUDGET.moving : BUDGET.resting
    let left = tiles
    const over = () => left-- <= 0 || performance.now() - began > time
    const ready = this.content.paint(this.layers.content, view, over)
    return ready && (camera.zoom === this.content.zoom || moving)
  }
}

/** What is in one alone.
 * @template T
 * @param {Set<T>} one @param {Set<T>} other @returns {T[]} */
function difference(one, other) {
  const gone = [...one].filter((key) => !other.has(key))
  return [...gone, ...[...other].filter((key) => !one.has(key))]
}

/** @param {HTMLElement} host */
function makeLayers(host) {
  const root = document.createElement("div")
  root.className = "layers"
  root.setAttribute("aria-hidden", "true")
  const notes = document.createElement("div")
  notes.className = "notes"
  const [ground, content, overlay] = [makeCanvas(), makeCanvas(), makeCanvas()]
  root.append(ground, notes, content, overlay)
  host.append(root)
  return {root, ground, notes, content, overlay}
}
