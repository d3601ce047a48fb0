// @ts-check
/** What a subgraph takes and gives: sockets added, named, removed, its instances with it. Pure. */

/** @import {Graph, GraphNode, Json, Link, Op, Specs, Subgraph, Where} from "../types.js" */

import {fallbackOf} from "./changes.js"
import {definitionsFor} from "./clipboard.js"
import {connect, gone, linksOf, loosened, straightened} from "./links.js"
import {IN, INSTANCE, OUT, canvasOf, pathOf} from "./paths.js"
import {equal, isLink, own} from "./values.js"

const KEPT = /** @type {const} */ (["inputs", "under", "after_run"])

/** Where a definition is used. @typedef {{where: Where, id: string, node: GraphNode}} Instance */

/** The instances of a definition on all canvases.
 * @param {Graph} graph @param {string} definition @returns {Instance[]} */
export function instancesOf(graph, definition) {
  const inner = Object.keys(graph.subgraphs ?? {}).map(id => ["subgraphs", id])
  return [[], ...inner].flatMap(where =>
    Object.entries(canvasOf(graph, where).nodes ?? {})
      .filter(([, node]) => node.class_type === INSTANCE + definition)
      .map(([id, node]) => ({where, id, node})))
}

/** A name that no port has yet.
 * @param {{name: string}[]} ports @param {string} name @returns {string} */
export function freeName(ports, name) {
  const taken = new Set(ports.map(port => port.name))
  let free = name
  for (let n = 2; taken.has(free); n++) free = `${name}_${n}`
  return free
}

/** Bring an inner input outside: a socket, or a widget that instances show with its value. Its
 * link, if it has one, stays: then nothing is done.
 * @param {Graph} graph @param {Where} where  of the definition @param {string} id
 * @param {string} input @param {Specs} specs @returns {Op[]} */
export function expose(graph, where, id, input, specs) {
  const definition = /** @type {Subgraph} */ (canvasOf(graph, where))
  const node = own(definition.nodes, id)
  if (!node || isLink(own(node.inputs, input))) return []
  const spec = specs.of(node, graph).inputs.find(({name}) => name === input)
  const {inputs = []} = definition
  const name = freeName(inputs, input)
  const value = own(node.inputs, input) ?? fallbackOf(graph, where, id, input, specs)
  const after = own(node.after_run, input)
  return [
    set(pathOf(...where, "inputs"), [...inputs, {name, type: spec?.type ?? "*"}]),
    ...connect(graph, where, [IN, inputs.length], id, input),
    ...instancesOf(graph, where[1]).flatMap(one => [
      ...value === undefined ? [] : [set(fieldOf(one, "inputs", name), value)],
      ...after === undefined ? [] : [set(fieldOf(one, "after_run", name), after)],
    ]),
  ]
}

/** Take what a subgraph has at an input inside again. It keeps the value that its instances agree
 * on, else its own of before; links into them go.
 * @param {Graph} graph @param {Where} where @param {number} index @param {Specs} [specs]
 * @returns {Op[]} */
export function hide(graph, where, index, specs) {
  const definition = /** @type {Subgraph} */ (canvasOf(graph, where))
  const {inputs = [], outputs = []} = definition
  const port = inputs[index]
  if (!port) return []
  const instances = instancesOf(graph, where[1])
  const agreed = common(instances.map(({node}) => own(node.inputs, port.name)))
  const ends = linksOf(definition).filter(({from, id}) => from[0] === IN && id !== OUT)
  return [
    ...ends.flatMap(({from, id, input}) => {
      if (from[1] < index) return []
      if (from[1] > index) return connect(graph, where, [IN, from[1] - 1], id, input)
      const ops = loosened(graph, where, id, input, fallbackOf(graph, where, id, input, specs))
      return agreed === undefined
        ? ops : [set(pathOf(...where, "nodes", id, "inputs", input), agreed), ...ops.slice(1)]
    }),
    ...outputs.some(({from}) => from?.[0] === IN && from[1] >= index)
      ? [set(pathOf(...where, "outputs"), outputs.map(output => shifted(output, index)))] : [],
    set(pathOf(...where, "inputs"), inputs.filter((_, at) => at !== index)),
    ...instances.flatMap(one => emptied(graph, one, port.name)),
  ]
}

/** Give what an inner output gives to the outside.
 * @param {Graph} graph @param {Where} where @param {string} id @param {number} index
 * @param {Specs} specs @returns {Op[]} */
export function exposeOutput(graph, where, id, index, specs) {
  const {outputs = [], nodes} = /** @type {Subgraph} */ (canvasOf(graph, where))
  const node = own(nodes, id)
  if (!node || outputs.some(({from}) => from?.[0] === id && from[1] === index)) return []
  const {name = "out", type = "*"} = specs.of(node, graph).outputs[index] ?? {}
  const port = {name: freeName(outputs, name), type, from: [id, index]}
  return [set(pathOf(...where, "outputs"), [...outputs, port])]
}

/** Take an output away; links from it go, in all places.
 * @param {Graph} graph @param {Where} where @param {number} index @param {Specs} [specs]
 * @returns {Op[]} */
export function removeOutput(graph, where, index, specs) {
  const {outputs = []} = /** @type {Subgraph} */ (canvasOf(graph, where))
  if (!outputs[index]) return []
  const instances = instancesOf(graph, where[1])
  const places = new Map(instances.map(one => [one.where.join("/"), one.where]))
  return [
    set(pathOf(...where, "outputs"), outputs.filter((_, at) => at !== index)),
    ...[...places.values()].flatMap(place => {
      const ids = new Set(instances.filter(one => one.where === place).map(({id}) => id))
      return renumbered(graph, place, ids, index, specs)
    }),
  ]
}

/** @param {Graph} graph @param {Where} where @param {Set<string>} ids @param {number} index
 * @param {Specs} [specs] @returns {Op[]} */
function renumbered(graph, where, ids, index, specs) {
  const canvas = canvasOf(graph, where)
  const links = linksOf(canvas).filter(({from}) => ids.has(from[0]) && from[1] >= index)
  const ops = links.filter(({id}) => id !== OUT).flatMap(({from, id, input}) => from[1] > index
    ? connect(graph, where, [from[0], from[1] - 1], id, input)
    : [...loosened(graph, where, id, input, fallbackOf(graph, where, id, input, specs)),
      ...straightened(graph, where, id, input)])
  if (!links.some(({id}) => id === OUT)) return ops
  const value = /** @type {Subgraph} */ (canvas).outputs.map(output =>
    ids.has(output.from?.[0]) ? shifted(output, index) : output)
  return [...ops, set(pathOf(...where, "outputs"), value)]
}

/** Name what a subgraph takes or gives.
 * @param {Graph} graph @param {Where} where @param {"inputs" | "outputs"} side
 * @param {number} index @param {string} name @returns {Op[]} */
export function renamePort(graph, where, side, index, name) {
  const ports = /** @type {Subgraph} */ (canvasOf(graph, where))[side] ?? []
  const old = ports[index]?.name
  if (old === undefined || !name.trim() || old === name.trim()) return []
  const free = freeName(ports.filter((_, at) => at !== index), name.trim())
  const named = ports.map((port, at) => at === index ? {...port, name: free} : port)
  const ops = [set(pathOf(...where, side), named)]
  if (side === "outputs") {
    return [...ops, ...rekeyed(graph, where, `${OUT}/${old}`, `${OUT}/${free}`)]
  }
  return [...ops, ...instancesOf(graph, where[1]).flatMap(one => [
    ...KEPT.flatMap(field => moved(one, field, old, free)),
    ...rekeyed(graph, one.where, `${one.id}/${old}`, `${one.id}/${free}`),
  ])]
}

/** Name a subgraph. @param {string} id  of the definition @param {string} name @returns {Op[]} */
export function renameSubgraph(id, name) {
  return name.trim() ? [set(pathOf("subgraphs", id, "name"), name.trim())] : []
}

/** Take out the definitions that nothing uses.
 * @param {Graph} graph @returns {Op[]} */
export function removeUnused(graph) {
  const used = new Set(definitionsFor(graph, graph.nodes ?? {}))
  const left = Object.keys(graph.subgraphs ?? {}).filter(id => !used.has(id))
  return left.map(id => gone(pathOf("subgraphs", id)))
}

/** A link of a definition's output to a border or an instance that has one socket less.
 * @template {{from: Link}} T @param {T} output @param {number} index @returns {Json} */
function shifted(output, index) {
  const {from, ...rest} = output
  if (!from || from[1] < index) return output
  return from[1] === index ? rest : {...rest, from: [from[0], from[1] - 1]}
}

/** What all values are; undefined if they differ, or one is a link or nothing.
 * @param {Json[]} values @returns {Json} */
function common(values) {
  const [first] = values
  const same = first !== undefined && !isLink(first) && values.every(value => equal(value, first))
  return same ? first : undefined
}

/** Ops that leave nothing at an instance's input.
 * @param {Graph} graph @param {Instance} instance @param {string} name @returns {Op[]} */
function emptied(graph, instance, name) {
  const {where, id, node} = instance
  const held = KEPT.filter(field => own(node[field], name) !== undefined)
  return [
    ...held.map(field => gone(fieldOf(instance, field, name))),
    ...straightened(graph, where, id, name),
  ]
}

/** @param {Instance} instance @param {"inputs" | "under" | "after_run"} field @param {string} old
 * @param {string} name @returns {Op[]} */
function moved(instance, field, old, name) {
  const value = own(instance.node[field], old)
  if (value === undefined) return []
  return [gone(fieldOf(instance, field, old)), set(fieldOf(instance, field, name), value)]
}

/** @param {Instance} instance @param {string} field @param {string} name @returns {string} */
function fieldOf({where, id}, field, name) {
  return pathOf(...where, "nodes", id, field, name)
}

/** Ops that give a link's reroutes its new name.
 * @param {Graph} graph @param {Where} where @param {string} old @param {string} key
 * @returns {Op[]} */
function rekeyed(graph, where, old, key) {
  const all = Object.entries(canvasOf(graph, where).reroutes ?? {})
  return all.filter(([, {input}]) => input === old).map(([id]) =>
    set(pathOf(...where, "reroutes", id, "input"), key))
}

/** @param {string} path @param {Json} value @returns {Op} */
function set(path, value) {
  return {op: "set", path, value}
}
