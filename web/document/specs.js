// @ts-check
/** What nodes declare: of known types, of subgraph instances, and made up for types that are not
 * here. Made of `GET /object_info`, which is handed in. */

/** @import {Canvas, Graph, GraphNode, InputSpec, Json, NodeSpec, OutputSpec, Specs, Subgraph}
 *   from "../types.js" */
/** @import {Declared} from "./inputs.js" */

import {bareInput, declared} from "./inputs.js"
import {IN, INSTANCE} from "./paths.js"
import {Signal} from "./signal.js"
import {stampOf} from "./stamp.js"
import {isLink, isObject, own} from "./values.js"
import {isPassing, isVirtual, primitive} from "./virtual.js"

/** What is looked up in a whole graph, kept while one task runs and nothing changes. used: the
 * highest output that a node's consumers name; instances: specs of definitions.
 * @typedef {{stamp: number, used: Map<GraphNode, number> | null,
 *   instances: Map<string, NodeSpec | null>}} Looked */

/** @implements {Specs} */
export class NodeSpecs {
  /** @type {Map<string, Declared>} */
  #known = new Map()
  /** @type {NodeSpec[]} */
  #all = []
  /** @type {Signal<void>} */
  #changes = new Signal()
  /** @type {WeakMap<Graph, Looked>} */
  #looked = new WeakMap()

  /** @param {Json} [info]  what GET /object_info answers */
  constructor(info = {}) {
    this.#read(info)
  }

  /** Packs or folders have changed.
   * @param {Json} info */
  load(info) {
    this.#read(info)
    this.#changes.emit()
  }

  /** @param {Json} info */
  #read(info) {
    const said = Object.entries(info).filter(([, entry]) => isObject(entry))
    this.#known = new Map(said.map(([name, entry]) => [name, declared(name, entry)]))
    this.#all = [...this.#known.values()].map(({spec}) => spec)
    this.#looked = new WeakMap()
  }

  /** @param {GraphNode} node @param {Graph} graph @returns {NodeSpec} */
  of(node, graph) {
    const type = node.class_type ?? ""
    const found = this.#known.get(type)
    if (found) return completed(found, node)
    if (type.startsWith(INSTANCE)) {
      const instance = this.#instance(type.slice(INSTANCE.length), graph)
      if (instance) return instance
    }
    return madeUp(node, type, () => this.#usedOutputs(node, graph))
  }

  /** @returns {NodeSpec[]} */
  all() {
    return this.#all
  }

  /** A known type by its name.
   * @param {string} name @returns {NodeSpec | undefined} */
  named(name) {
    return this.#known.get(name)?.spec
  }

  /** @param {string} given @param {string} wanted @returns {boolean} */
  fits(given, wanted) {
    return fits(given, wanted)
  }

  /** @param {() => void} listener @returns {() => void} */
  on(listener) {
    return this.#changes.on(listener)
  }

  /** @param {Graph} graph @returns {Looked} */
  #look(graph) {
    const stamp = stampOf(graph)
    const found = this.#looked.get(graph)
    if (found?.stamp === stamp) return found
    /** @type {Looked} */
    const made = {stamp, used: null, instances: new Map()}
    this.#looked.set(graph, made)
    queueMicrotask(() => this.#looked.delete(graph))
    return made
  }

  /** @param {string} id @param {Graph} graph @returns {NodeSpec | null} */
  #instance(id, graph) {
    const {instances} = this.#look(graph)
    const found = instances.get(id)
    if (found !== undefined) return found
    instances.set(id, null)  // a definition that contains itself ends here
    const definition = own(graph.subgraphs, id)
    const made = definition ? this.#instanceOf(id, definition, graph) : null
    instances.set(id, made)
    return made
  }

  /** @param {string} id @param {Subgraph} definition @param {Graph} graph @returns {NodeSpec} */
  #instanceOf(id, definition, graph) {
    const fed = fedBy(definition)
    const inputs = (definition.inputs ?? []).map((port, index) => {
      const ends = (fed.get(index) ?? []).map(({node, name}) =>
        this.of(node, graph).inputs.find(input => input.name === name))
      return promoted(port, ends.filter(end => end !== undefined))
    })
    const outputs = (definition.outputs ?? []).map(({name = "", type = "*"}) =>
      ({name, type, list: false, tooltip: ""}))
    return {...nothing(INSTANCE + id), title: definition.name ?? "", inputs, outputs, known: true}
  }

  /** @param {GraphNode} node @param {Graph} graph @returns {number} */
  #usedOutputs(node, graph) {
    const looked = this.#look(graph)
    looked.used ??= usedIn([graph, ...Object.values(graph.subgraphs ?? {})])
    return looked.used.get(node) ?? -1
  }
}

/** Whether a link may join an output of type `given` to an input of type `wanted`.
 * @param {string} given @param {string} wanted @returns {boolean} */
export function fits(given, wanted) {
  if (given === wanted || given === "*" || wanted === "*") return true
  const types = new Set(given.split(",").map(name => name.trim()))
  return wanted.split(",").some(name => types.has(name.trim()))
}

/** The spec of one node: its type's, with the groups that have grown and sockets that only its
 * file has.
 * @param {Declared} known @param {GraphNode} node @returns {NodeSpec} */
function completed({spec, growing}, node) {
  const inputs = [...spec.inputs, ...growing.flatMap(group => grown(group, node))]
  inputs.push(...foreign(inputs, node))
  return inputs.length > spec.inputs.length ? {...spec, inputs} : spec
}

/** The sockets of a group: those that are used, and one more.
 * @param {import("./inputs.js").Growing} group @param {GraphNode} node @returns {InputSpec[]} */
function grown({name, type, names, least, optional}, node) {
  const held = node.inputs ?? {}
  const last = names.findLastIndex(inner => Object.hasOwn(held, `${name}.${inner}`))
  const shown = names.slice(0, Math.max(last + 2, least))
  return shown.map((inner, at) => bareInput(`${name}.${inner}`, type, optional || at >= least))
}

/** Linked inputs that the type does not declare: their links must be seen, and can be cut.
 * @param {InputSpec[]} inputs @param {GraphNode} node @returns {InputSpec[]} */
function foreign(inputs, node) {
  const held = Object.entries(node.inputs ?? {}).filter(([, value]) => isLink(value))
  const more = held.filter(([name]) => !inputs.some(input => input.name === name))
  return more.map(([name]) => bareInput(name, "*", true))
}

/** What a type that is not here looks like, from what its node holds.
 * @param {GraphNode} node @param {string} type @param {() => number} used @returns {NodeSpec} */
function madeUp(node, type, used) {
  const kept = /** @type {Json} */ (node).sockets
  const sockets = isObject(kept) ? kept : {}
  const declaredInputs = new Map(listed(sockets.inputs).map((slot, at) =>
    [String(slot.name ?? at), slot]))
  const outputs = listed(sockets.outputs).map((slot, at) => output(String(slot.name ?? at), slot.type))
  const names = new Set([...declaredInputs.keys(), ...Object.keys(node.inputs ?? {})])
  const inputs = [...names].map(name => {
    const slot = declaredInputs.get(name)
    const value = node.inputs?.[name]
    const plain = value !== undefined && !isLink(value)
    /** @type {InputSpec} */
    const input = {...bareInput(name, String(slot?.type ?? "*"), true), fallback: value}
    if (plain || (slot && "widget" in slot)) input.widget = "plain"
    return primitive(node, input, outputs[0]?.type ?? "*")
  })
  const least = Math.max(used() + 1, isPassing(type) ? 1 : 0)
  while (outputs.length < least) outputs.push(output(`${outputs.length}`, "*"))
  return {...nothing(type), inputs, outputs, known: isVirtual(type)}
}

/** @param {string} name @param {Json} type @returns {OutputSpec} */
function output(name, type) {
  return {name, type: String(type ?? "*"), list: false, tooltip: ""}
}

/** @param {Json} slots @returns {Json[]} */
function listed(slots) {
  return Array.isArray(slots) ? slots.filter(isObject) : []
}

/** @param {string} name @returns {NodeSpec} */
function nothing(name) {
  return {
    name, title: name, category: "", description: "", inputs: [], outputs: [],
    saves: false, pack: "", known: false, deprecated: false,
  }
}

/** An instance's input: the first widget that it feeds shows itself outside.
 * @param {{name: string, type: string}} port @param {InputSpec[]} ends @returns {InputSpec} */
function promoted({name, type}, ends) {
  const shown = ends.find(end => end.widget) ?? ends[0]
  const optional = ends.length > 0 && ends.every(end => end.optional)
  const list = ends.some(end => end.list)
  if (!shown) return bareInput(name, type ?? "*", true)
  return {...shown, name, type: type ?? shown.type, optional, list}
}

/** For each input of a definition, the inner nodes and inputs that it feeds.
 * @param {Canvas} definition @returns {Map<number, {node: GraphNode, name: string}[]>} */
function fedBy(definition) {
  /** @type {Map<number, {node: GraphNode, name: string}[]>} */
  const fed = new Map()
  for (const node of Object.values(definition.nodes ?? {})) {
    for (const [name, value] of Object.entries(node.inputs ?? {})) {
      if (!isLink(value) || value[0] !== IN) continue
      fed.set(value[1], [...fed.get(value[1]) ?? [], {node, name}])
    }
  }
  return fed
}

/** @param {Canvas[]} canvases @returns {Map<GraphNode, number>} */
function usedIn(canvases) {
  /** @type {Map<GraphNode, number>} */
  const used = new Map()
  for (const {nodes = {}} of canvases) {
    for (const node of Object.values(nodes)) {
      for (const value of Object.values(node.inputs ?? {})) {
        const source = isLink(value) ? own(nodes, value[0]) : undefined
        if (source) used.set(source, Math.max(used.get(source) ?? -1, value[1]))
      }
    }
  }
  return used
}
