// @ts-check
/** Ops that put what is in a subgraph's instance in its place. No link, no value is lost. Pure. */

/** @import {Canvas, Graph, GraphNode, Json, Key, Op, Reroute, Subgraph, Where}
 *   from "../types.js" */
/** @import {PlaceOf, Spot} from "./lead.js" */

import {definitionsFor} from "./clipboard.js"
import {newId} from "./ids.js"
import {cornerOf, led} from "./lead.js"
import {chainOf, gone, linksOf} from "./links.js"
import {IN, OUT, canvasOf, definitionOf, pathOf, splitKey} from "./paths.js"
import {instancesOf} from "./ports.js"
import {copy, isLink, own} from "./values.js"

/** Put what is in an instance in its place. Its definition goes where no other needs it.
 * @param {Graph} graph @param {Where} where @param {string} id @param {PlaceOf} [placeOf]
 * @returns {{ops: Op[], keys: Key[]} | null} keys: of what was put in; null for no instance */
export function unpack(graph, where, id, placeOf = () => undefined) {
  const canvas = canvasOf(graph, where)
  const node = own(canvas.nodes, id)
  const name = definitionOf(node?.class_type)
  const definition = own(graph.subgraphs, name)
  if (!node || !definition) return null
  const ids = freed(canvas, definition, id)
  const [dx, dy] = shift(definition, node.look?.place ?? placeOf(id))
  const out = outlets(definition, node, ids)
  /** @type {Op[]} */
  const ops = [...led(canvas, where, new Set([id]), link => out[link[1]])]
  /** @type {Key[]} */
  const keys = []
  for (const [inner, one] of Object.entries(definition.nodes ?? {})) {
    const made = ids.get(inner) ?? inner
    const value = unpacked(one, definition, node, ids, [dx, dy])
    ops.push({op: "add", path: pathOf(...where, "nodes", made), value})
    keys.push(`nodes/${made}`)
  }
  for (const kind of /** @type {const} */ (["groups", "notes"])) {
    for (const thing of Object.values(definition[kind] ?? {})) {
      const made = newId(canvas[kind])
      const [x = 0, y = 0, w = 200, h = 100] = thing.box ?? []
      const value = {...thing, box: [x + dx, y + dy, w, h]}
      ops.push({op: "add", path: pathOf(...where, kind, made), value})
      keys.push(`${kind}/${made}`)
    }
  }
  ops.push(...bends(canvas, where, id, definition, ids, [dx, dy]))
  ops.push(gone(pathOf(...where, "nodes", id)))
  return {ops: [...ops, ...unneeded(graph, where, id, name)], keys}
}

/** Ids for what comes out: its own, or new ones where those are taken.
 * @param {Canvas} canvas @param {Subgraph} definition @param {string} instance
 * @returns {Map<string, string>} */
function freed(canvas, definition, instance) {
  const inner = Object.keys(definition.nodes ?? {})
  const known = new Set([...Object.keys(canvas.nodes ?? {}), ...inner, instance])
  return new Map(inner.map(id => {
    const made = Object.hasOwn(canvas.nodes ?? {}, id) ? newId(known) : id
    known.add(made)
    return [id, made]
  }))
}

/** What each output of an instance comes to: a link, a value, or undefined for nothing.
 * @param {Subgraph} definition @param {GraphNode} node @param {Map<string, string>} ids
 * @returns {Json[]} */
function outlets(definition, node, ids) {
  return (definition.outputs ?? []).map(({from}) => {
    if (!isLink(from)) return undefined
    if (from[0] === IN) return given(definition, node, from[1])
    const found = ids.get(from[0])
    return found === undefined ? undefined : [found, from[1]]
  })
}

/** What an instance has at an input of its definition.
 * @param {Subgraph} definition @param {GraphNode} node @param {number} index @returns {Json} */
function given(definition, node, index) {
  const name = definition.inputs?.[index]?.name
  return name === undefined ? undefined : own(node.inputs, name)
}

/** @param {GraphNode} one @param {Subgraph} definition @param {GraphNode} instance
 * @param {Map<string, string>} ids @param {Spot} by @returns {GraphNode} */
function unpacked(one, definition, instance, ids, by) {
  const made = copy(one)
  for (const [name, link] of Object.entries(made.inputs ?? {})) {
    if (!isLink(link)) continue
    const inputs = /** @type {Object<string, Json>} */ (made.inputs)
    if (link[0] !== IN) {
      inputs[name] = [ids.get(link[0]) ?? link[0], link[1]]
      continue
    }
    const value = given(definition, instance, link[1])
    const rest = below(definition, instance, made, name, link[1])
    delete made.under?.[name]
    if (isLink(value) && rest !== undefined) made.under = {...made.under, [name]: rest}
    const wanted = value ?? rest
    if (wanted === undefined) delete inputs[name]
    else inputs[name] = copy(wanted)
  }
  if (made.inputs && !Object.keys(made.inputs).length) delete made.inputs
  if (made.under && !Object.keys(made.under).length) delete made.under
  if (instance.state && instance.state !== "on" && (made.state ?? "on") === "on") {
    made.state = instance.state
  }
  const place = made.look?.place
  return place ? {...made, look: {...made.look, place: [place[0] + by[0], place[1] + by[1]]}} : made
}

/** What counts where nothing comes in: as when it runs, what lies under the inner link, but for an
 * instance that is fed by a border itself.
 * @param {Subgraph} definition @param {GraphNode} instance @param {GraphNode} inner
 * @param {string} name  of the inner input @param {number} index  of the port @returns {Json} */
function below(definition, instance, inner, name, index) {
  const port = definition.inputs?.[index]?.name ?? ""
  const [outer, mine] = [own(instance.under, port), own(inner.under, name)]
  const value = own(instance.inputs, port)
  return isLink(value) && value[0] === IN ? outer ?? mine : mine ?? outer
}

/** Reroutes: those inside come along, before them those of the links into the instance.
 * @param {Canvas} canvas @param {Where} where @param {string} id @param {Subgraph} definition
 * @param {Map<string, string>} ids @param {Spot} by @returns {Op[]} */
function bends(canvas, where, id, definition, ids, [dx, dy]) {
  const known = new Set(Object.keys(canvas.reroutes ?? {}))
  const names = new Map(Object.keys(definition.reroutes ?? {}).map(one => [one, fresh(known)]))
  /** @type {Op[]} */
  const ops = []
  for (const [one, {input, place, before}] of Object.entries(definition.reroutes ?? {})) {
    const [end, name] = splitKey(input)
    const found = ids.get(end)
    if (found === undefined) continue
    const value = {
      input: `${found}/${name}`,
      place: [place[0] + dx, place[1] + dy],
      before: before === null ? null : names.get(before) ?? null,
    }
    ops.push({op: "add", path: pathOf(...where, "reroutes", names.get(one) ?? one), value})
  }
  for (const [one, {input}] of Object.entries(canvas.reroutes ?? {})) {
    const [end, name] = splitKey(input)
    if (end === id) ops.push(...rebent(canvas, where, one, name, definition, ids, names))
  }
  return ops
}

/** A reroute of a link into the instance is one of the first input that it feeds.
 * @param {Canvas} canvas @param {Where} where @param {string} one @param {string} port
 * @param {Subgraph} definition @param {Map<string, string>} ids @param {Map<string, string>} names
 * @returns {Op[]} */
function rebent(canvas, where, one, port, definition, ids, names) {
  const index = (definition.inputs ?? []).findIndex(({name}) => name === port)
  const first = linksOf(definition).find(({from, id}) =>
    from[0] === IN && from[1] === index && id !== OUT)
  const path = pathOf(...where, "reroutes", one)
  if (!first) return [gone(path)]
  const held = /** @type {Object<string, Reroute>} */ (canvas.reroutes)[one]
  const [next] = chainOf(definition, `${first.id}/${first.input}`)
  const before = held.before ?? (next === undefined ? null : names.get(next) ?? null)
  const value = {...held, input: `${ids.get(first.id) ?? first.id}/${first.input}`, before}
  return [{op: "set", path, value}]
}

/** Ops that take a definition out that only this instance needs.
 * @param {Graph} graph @param {Where} where @param {string} id @param {string} name
 * @returns {Op[]} */
function unneeded(graph, where, id, name) {
  const here = where.join("/")
  const others = instancesOf(graph, name)
    .filter(one => one.where.join("/") !== here || one.id !== id)
  const itself = definitionsFor(graph, own(graph.subgraphs, name)?.nodes ?? {}).includes(name)
  return others.length || itself ? [] : [gone(pathOf("subgraphs", name))]
}

/** How far what is inside moves: its corner comes to lie where the instance is.
 * @param {Subgraph} definition @param {Spot | undefined} place @returns {Spot} */
function shift(definition, place) {
  const corner = cornerOf(definition, new Set(Object.keys(definition.nodes ?? {})), () => undefined)
  return place && corner ? [place[0] - corner[0], place[1] - corner[1]] : [0, 0]
}

/** @param {Set<string>} known @returns {string} */
function fresh(known) {
  const id = newId(known)
  known.add(id)
  return id
}
