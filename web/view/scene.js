// @ts-check
/** One canvas of a document with everything's place: made once, then anew only where a change
 * touched. Draws nothing. */
/** @import {Box, Canvas, Change, GraphNode, Hit, Key, LinkPlace, Point, Scene, Where}
 *   from "../types.js" */
/** @import {Affected} from "./affected.js" */
/** @import {Way} from "./carried.js" */
/** @import {Idle} from "./grid_index.js" */
/** @import {Placed} from "./layout.js" */
/** @import {Sources} from "./making.js" */

import {IN, OUT, splitKey} from "../document/paths.js"
import {Signal} from "../document/signal.js"
import {affected} from "./affected.js"
import {borderNode, definitionAt, isBorder} from "./border.js"
import {boxOf, grown, joined, sameBox, touches} from "./boxes.js"
import {carriedLink, carriedNode, wayOf} from "./carried.js"
import {GridIndex} from "./grid_index.js"
import {hit} from "./hit.js"
import {extentOf, placed} from "./layout.js"
import {LinkBook, boxesOf, linksIn, sameLink} from "./link_book.js"
import {made, ranOn, showing} from "./making.js"
import {REROUTE} from "./metrics.js"
import {Order} from "./order.js"
import {Redrawn} from "./redrawn.js"

/** What has to be drawn again. whole: everything is another; notes: those too.
 * @typedef {{redrawn: Redrawn, whole: boolean, notes: boolean}} Touched */
/** arrange: places for the nodes of a canvas that has none, by their sizes; idle: for what can wait.
 * @typedef {Sources & {idle?: Idle, arrange?: (canvas: Canvas,
 *   sizes: Map<string, {w: number, h: number}>) => Map<string, [number, number]>}} SceneParts */

const LISTS = /** @type {const} */ (["groups", "notes", "reroutes"])

/** @implements {Scene} */
export class CanvasScene {
  /** @type {Where} */
  where = []
  /** @type {string[]} ids of the subgraph nodes that were entered, outermost first */
  instances = []
  /** @type {Map<string, Placed>} */
  nodes = new Map()
  /** @type {Map<string, LinkPlace>} */
  links = new Map()
  /** @type {Map<Key, Box>} groups, notes and reroutes */
  others = new Map()
  index
  book = new LinkBook()
  /** @type {Signal<Touched>} */
  touched = new Signal()
  /** @type {Signal<void>} */
  #changed = new Signal()
  #order = new Order()
  /** @type {Map<string, Set<string>>} class type to ids */
  #types = new Map()
  /** @type {Map<string, [number, number]>} places that no file has yet */
  #given = new Map()
  /** @type {(() => void)[]} */
  #stops

  /** @param {SceneParts} parts */
  constructor(parts) {
    this.parts = {...parts, means: {...parts.means}}
    this.index = {things: new GridIndex(), links: new GridIndex(undefined, parts.idle)}
    this.canvas = /** @type {Canvas} */ (parts.store.graph)
    this.#stops = [
      parts.store.on((change) => this.#hear(change)),
      parts.specs.on(() => this.rebuild()),
      parts.run.on((what) => {
        const ids = ranOn(this, parts, what)
        if (ids.size) this.#remake({nodes: ids})
      }),
    ]
    this.rebuild()
  }

  dispose() {
    for (const stop of this.#stops) stop()
  }

  /** @param {() => void} listener @returns {() => void} */
  on(listener) {
    return this.#changed.on(listener)
  }

  /** Show another canvas of the same document.
   * @param {Where} where @param {string[]} instances */
  enter(where, instances) {
    this.where = where
    this.instances = instances
    this.#given.clear()
    this.rebuild()
  }

  /** A node's id as it runs. @param {string} id @returns {string} */
  runId(id) {
    return [...this.instances, id].join(":")
  }

  // Questions

  /** @param {Point} point @param {number} zoom @returns {Hit} */
  at(point, zoom) {
    return hit(this, point, zoom)
  }

  /** @param {Box} box @returns {Key[]} lowest first */
  within(box) {
    /** @type {Key[]} */
    const found = []
    for (const key of this.index.things.near(box)) {
      const own = this.boxOf(key)
      if (own && !isBorder(key.slice(6)) && touches(own, box)) found.push(key)
    }
    return this.sorted(found)
  }

  /** @param {Iterable<Key>} keys @returns {Box | null} */
  around(keys) {
    /** @type {Box | null} */
    let box = null
    for (const key of keys) box = joined(box, this.boxOf(key))
    return box
  }

  /** @returns {Box | null} */
  whole() {
    return joined(this.inner(), this.around([`nodes/${IN}`, `nodes/${OUT}`]))
  }

  /** @param {string} id @returns {LinkPlace[]} */
  linksOf(id) {
    return [...this.book.keysOf(id)].flatMap((key) => this.links.get(key) ?? [])
  }

  /** @param {Key} key @returns {Box | null} */
  boxOf(key) {
    if (key.startsWith("nodes/")) return this.nodes.get(key.slice(6))?.box ?? null
    return this.others.get(key) ?? null
  }

  /** Nodes that may show within a box, lowest first.
   * @param {Box} box @returns {Placed[]} */
  nodesNear(box) {
    const keys = [...this.index.things.near(box)].filter((key) => key.startsWith("nodes/"))
    return this.sorted(keys).flatMap((key) => this.nodes.get(key.slice(6)) ?? [])
  }

  /** @param {Box} box @returns {LinkPlace[]} */
  linksNear(box) {
    return [...this.index.links.near(box)].flatMap((key) => this.links.get(key) ?? [])
  }

  /** Keys from the lowest to the one on top. @param {Key[]} keys @returns {Key[]} */
  sorted(keys) {
    return this.#order.sort(keys)
  }

  /** Put things on top of all others of their kind, on this page only.
   * @param {Iterable<Key>} keys */
  raise(keys) {
    const redrawn = new Redrawn()
    for (const key of this.sorted([...keys])) {
      const box = this.boxOf(key)
      if (box && this.#order.raise(key)) redrawn.add(() => box)
    }
    if (redrawn.boxes.length) this.touched.emit({redrawn, whole: false, notes: false})
  }

  /** A node as it would be with another size.
   * @param {string} id @param {Box} box @returns {Placed | null} */
  sized(id, box) {
    const had = this.nodes.get(id)
    if (!had) return null
    const {node, spec, shown} = had
    return placed(id, node, spec, box, this.book.usedOutputs(id), shown, this.parts.means, box)
  }

  // Making and remaking

  /** Everything anew. */
  rebuild() {
    const {graph} = this.parts.store
    this.canvas = this.where.length ? definitionAt(graph, this.where) ?? {} : graph
    this.parts.means.labels = new Map()
    this.nodes.clear()
    this.links.clear()
    this.others.clear()
    this.index.things.clear()
    this.index.links.clear()
    this.book = new LinkBook()
    this.#types.clear()
    this.#order.clear()
    this.#fill()
    this.touched.emit({redrawn: new Redrawn(), whole: true, notes: true})
    this.#changed.emit()
  }

  #fill() {
    for (const kind of LISTS) {
      for (const id of Object.keys(this.canvas[kind] ?? {})) this.#other(kind, id)
    }
    const ids = Object.keys(this.canvas.nodes ?? {})
    for (const id of ids) this.book.setInputs(id, linksIn(this.#node(id)))
    for (const id of ids) this.#lay(id)
    if (ids.some((id) => !this.#node(id).look?.place && !this.#given.has(id))) this.#arrange(ids)
    this.#layBorder()
    for (const key of this.book.wires.keys()) this.#route(key)
  }

  /** @param {string[]} ids */
  #arrange(ids) {
    const {arrange} = this.parts
    const sizes = new Map(ids.map((id) => [id, /** @type {Placed} */ (this.nodes.get(id)).box]))
    for (const [id, place] of arrange?.(this.canvas, sizes) ?? []) this.#given.set(id, place)
    for (const id of ids) if (!this.#node(id).look?.place) this.#lay(id)
  }

  #layBorder() {
    const definition = definitionAt(this.parts.store.graph, this.where)
    if (!definition) return
    const {node} = borderNode(definition, OUT)
    this.book.setInputs(OUT, linksIn(node))
    this.#lay(IN)
    this.#lay(OUT)
  }

  /** All but the borders. @returns {Box | null} */
  inner() {
    /** @type {Box | null} */
    let box = null
    for (const {id, box: own} of this.nodes.values()) if (!isBorder(id)) box = joined(box, own)
    for (const own of this.others.values()) box = joined(box, own)
    return box
  }

  /** @param {string} id @returns {GraphNode} */
  #node(id) {
    return /** @type {Object<string, GraphNode>} */ (this.canvas.nodes)[id]
  }

  /** @param {Change} change */
  #hear(change) {
    const ofType = (/** @type {string} */ type) => this.#types.get(type) ?? []
    const found = affected(change, this.where, ofType)
    if (found.whole) this.rebuild()
    else if (found.nodes.size || found.moved.size || found.others.size) this.#remake(found)
  }

  /** @param {Partial<Affected>} found */
  #remake({nodes: ids = new Set(), moved = new Set(), others = new Set()}) {
    const redrawn = new Redrawn()
    const keys = this.#otherKeys(others, redrawn)
    const ways = this.#carry(moved, ids, redrawn)
    for (const id of [...ids]) {
      const {keys: changed, sources} = this.book.setInputs(id, linksIn(this.#source(id)))
      for (const key of changed) keys.add(key)
      for (const source of sources) {
        if (this.nodes.has(source)) ids.add(source)
        ways.delete(source)
      }
    }
    for (const id of ids) {
      redrawn.add(() => this.#boxes(`nodes/${id}`))
      this.#lay(id)
      redrawn.add(() => this.#boxes(`nodes/${id}`))
    }
    for (const id of [...ids, ...ways.keys()]) for (const key of this.book.keysOf(id)) keys.add(key)
    for (const key of keys) this.#reroute(key, ways, redrawn)
    const notes = [...others].some((key) => key.startsWith("notes/"))
    this.touched.emit({redrawn, whole: false, notes})
    this.#changed.emit()
  }

  /** Place groups, notes and reroutes again; the links that they touch.
   * @param {Set<Key>} others @param {Redrawn} redrawn @returns {Set<string>} */
  #otherKeys(others, redrawn) {
    /** @type {Set<string>} */
    const keys = new Set()
    for (const key of others) {
      const [kind, id] = splitKey(key)
      redrawn.add(() => this.#boxes(key))
      for (const link of this.#other(/** @type {"groups"} */ (kind), id)) keys.add(link)
      redrawn.add(() => this.#boxes(key))
    }
    return keys
  }

  /** Place nodes elsewhere that were only moved; those of which that can't be said join `ids`.
   * @param {Set<string>} moved @param {Set<string>} ids @param {Redrawn} redrawn
   * @returns {Map<string, Way>} how far each was moved */
  #carry(moved, ids, redrawn) {
    /** @type {Map<string, Way>} */
    const ways = new Map()
    for (const id of moved) {
      const before = this.nodes.get(id)
      const way = ids.has(id) ? null : wayOf(before, this.canvas.nodes?.[id])
      if (!before || !way) {
        ids.add(id)
        continue
      }
      ways.set(id, way)
      const place = carriedNode(before, way)
      this.nodes.set(id, place)
      this.index.things.set(`nodes/${id}`, [extentOf(place)])
      redrawn.add(() => [extentOf(before), extentOf(place)])
    }
    return ways
  }

  /** What a node's links are read from; a node that is gone has none.
   * @param {string} id @returns {GraphNode} */
  #source(id) {
    const definition = definitionAt(this.parts.store.graph, this.where)
    if (isBorder(id)) return definition ? borderNode(definition, id).node : {class_type: id}
    return this.canvas.nodes?.[id] ?? {class_type: ""}
  }

  /** @param {Key} key @returns {Box[]} */
  #boxes(key) {
    const node = key.startsWith("nodes/") ? this.nodes.get(key.slice(6)) : null
    const box = node ? extentOf(node) : this.boxOf(key)
    return box ? [box] : []
  }

  /** Route a link again; one whose two ends have gone the same way goes with them.
   * @param {string} key @param {Map<string, Way>} ways @param {Redrawn} redrawn */
  #reroute(key, ways, redrawn) {
    const before = this.links.get(key)
    const way = before && ways.get(before.from[0])
    const other = before && ways.get(before.node)
    const together = way && other && way.dx === other.dx && way.dy === other.dy
    if (together && !this.book.reroutes.has(key)) this.#put(carriedLink(before, way))
    else this.#route(key)
    const after = this.links.get(key)
    if (before && after && sameLink(before, after)) return
    for (const one of [before, after]) if (one) redrawn.add(() => boxesOf(one))
  }

  /** A picture has come: the nodes that show it are laid out again.
   * @param {string} [url]  any of them, without one */
  arrived(url) {
    const ids = showing(this.nodes.values(), url)
    if (ids.size) this.#remake({nodes: ids})
  }

  /** Place a node, or forget it if it is gone. @param {string} id */
  #lay(id) {
    const key = `nodes/${id}`
    const before = this.nodes.get(id)
    if (before) this.#types.get(before.node.class_type)?.delete(id)
    const place = made(this, this.parts, id, before, this.#given.get(id))
    if (!place) {
      this.nodes.delete(id)
      this.index.things.delete(key)
      return
    }
    this.nodes.set(id, place)
    const type = place.node.class_type
    this.#types.set(type, (this.#types.get(type) ?? new Set()).add(id))
    this.#order.add(key)
    const extent = extentOf(place)
    if (!before || !sameBox(extentOf(before), extent)) this.index.things.set(key, [extent])
  }

  /** Place a group, note or reroute, or forget it; the links it touches.
   * @param {"groups" | "notes" | "reroutes"} kind @param {string} id @returns {Set<string>} */
  #other(kind, id) {
    const key = `${kind}/${id}`
    const thing = this.canvas[kind]?.[id]
    const reroute = kind === "reroutes" ? this.canvas.reroutes?.[id] : undefined
    const links = this.book.setReroute(kind === "reroutes" ? id : "", reroute)
    if (thing) {
      const box = "place" in thing
        ? grown({x: thing.place[0], y: thing.place[1], w: 0, h: 0}, REROUTE) : boxOf(thing.box)
      this.others.set(key, box)
      this.index.things.set(key, [box])
      this.#order.add(key)
    } else {
      this.others.delete(key)
      this.index.things.delete(key)
    }
    return links
  }

  /** Place a link, or forget it if it has no end. @param {string} key */
  #route(key) {
    const place = this.book.place(key, this.canvas.reroutes, this.nodes)
    if (place) return this.#put(place)
    this.links.delete(key)
    this.index.links.delete(key)
  }

  /** @param {LinkPlace} place */
  #put(place) {
    this.links.set(place.key, place)
    this.index.links.later(place.key, place.box, () => boxesOf(place))
  }
}
