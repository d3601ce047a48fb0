// @ts-check
/** How a scene makes the place of one node: from the document, the specs, the runs. */
/** @import {GraphNode, NodeError, NodeRun, NodeSpec, RunState, Specs, Store} from "../types.js" */
/** @import {Means, Placed, Shown} from "./layout.js" */
/** @import {CanvasScene} from "./scene.js" */

import {borderNode, borderPlace, definitionAt, isBorder} from "./border.js"
import {NOTHING_SHOWN, placed} from "./layout.js"

/** @typedef {(run: NodeRun | undefined, problems: NodeError[], node: GraphNode, spec: NodeSpec,
 *   before: Shown) => Shown} ShownOn */
/** @typedef {{store: Store, specs: Specs, run: RunState, means: Means,
 *   shownOn: ShownOn}} Sources */

/** @param {CanvasScene} scene @param {Sources} sources @param {string} id
 * @param {Placed | undefined} before  as it was
 * @param {[number, number] | undefined} given  where it is if the document does not say
 * @returns {Placed | null} null: there is none */
export function made(scene, sources, id, before, given) {
  if (isBorder(id)) return madeBorder(scene, sources, id, before)
  const {store, specs, run, means, shownOn} = sources
  const node = scene.canvas.nodes?.[id]
  if (!node) return null
  const spec = specs.of(node, store.graph)
  const ran = scene.runId(id)
  const shown = shownOn(
    run.node(store.name, ran), run.problems(store.name, ran), node, spec,
    before?.shown ?? NOTHING_SHOWN,
  )
  const [x, y] = node.look?.place ?? given ?? [0, 0]
  return placed(id, node, spec, {x, y}, scene.book.usedOutputs(id), shown, means)
}

/** @param {CanvasScene} scene @param {Sources} sources @param {string} id
 * @param {Placed | undefined} before @returns {Placed | null} */
function madeBorder(scene, {store, means}, id, before) {
  const definition = definitionAt(store.graph, scene.where)
  if (!definition) return null
  const {node, spec} = borderNode(definition, id)
  const at = before?.box ?? borderPlace(definition, id, scene.inner())
  return placed(id, node, spec, at, scene.book.usedOutputs(id), NOTHING_SHOWN, means)
}

/** Ids of the nodes that show a picture, or wait for it.
 * @param {Iterable<Placed>} places @param {string} [url]  any picture, without one
 * @returns {Set<string>} */
export function showing(places, url) {
  /** @type {Set<string>} */
  const ids = new Set()
  for (const {id, shown: {pictures, coming}} of places) {
    const shows = url === undefined ? pictures.length : coming === url || pictures.includes(url)
    if (shows) ids.add(id)
  }
  return ids
}

/** The nodes of a canvas on which something else is to be shown, since runs went on or others have
 * problems now.
 * @param {CanvasScene} scene @param {Sources} sources
 * @param {{nodes: Set<string>, problems: boolean}} what  nodes: ids as they run
 * @returns {Set<string>} ids on the scene's canvas */
export function ranOn(scene, {store, run}, {nodes, problems}) {
  const ids = new Set([...nodes].flatMap((ran) => localId(ran, scene.instances)))
  for (const [id, {shown}] of problems ? scene.nodes : []) {
    if (!alike(shown.problems, run.problems(store.name, scene.runId(id)))) ids.add(id)
  }
  return new Set([...ids].filter((id) => scene.nodes.has(id) && !isBorder(id)))
}

/** @param {NodeError[]} some @param {NodeError[]} others @returns {boolean} */
function alike(some, others) {
  return some.length === others.length && some.every(({type, text, input}, i) => (
    type === others[i].type && text === others[i].text && input === others[i].input
  ))
}

/** The node on a canvas that an id as it runs belongs to: itself, or the instance it runs within.
 * @param {string} ran @param {string[]} instances @returns {string[]} */
function localId(ran, instances) {
  const parts = ran.split(":")
  if (!instances.every((id, i) => parts[i] === id)) return []
  return parts.length > instances.length ? [parts[instances.length]] : []
}
