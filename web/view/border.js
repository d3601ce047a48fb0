// @ts-check
/** The two edges of a subgraph as nodes: "@in" gives what the definition takes, "@out" takes what
 * it gives. They are drawn and linked like nodes, but are in no file. */
/** @import {Box, Graph, GraphNode, InputSpec, Link, NodeSpec, Subgraph, Where}
 *   from "../types.js" */

import {IN, OUT} from "../document/paths.js"

/** Between a border and the nodes. */
const AWAY = 96
const WIDTH = 150

/** @param {string} id @returns {boolean} */
export function isBorder(id) {
  return id === IN || id === OUT
}

/** @param {Graph} graph @param {Where} where @returns {Subgraph | null} */
export function definitionAt(graph, where) {
  return where.length ? graph.subgraphs?.[where[1]] ?? null : null
}

/** @param {Subgraph} definition @param {string} id @returns {{node: GraphNode, spec: NodeSpec}} */
export function borderNode(definition, id) {
  const coming = id === IN
  /** @type {NodeSpec} */
  const spec = {
    name: id, title: "", category: "", description: "", saves: false, pack: "", known: true,
    deprecated: false,
    inputs: coming ? [] : definition.outputs.map(({name, type}) => inputSpec(name, type)),
    outputs: coming
      ? definition.inputs.map(({name, type}) => ({name, type, list: false, tooltip: ""})) : [],
  }
  /** @type {Object<string, Link>} */
  const inputs = {}
  if (!coming) for (const {name, from} of definition.outputs) if (from) inputs[name] = from
  return {node: {class_type: id, inputs, look: {size: [WIDTH, 0]}}, spec}
}

/** Where a border is: beside all nodes, its middle at theirs.
 * @param {Subgraph} definition @param {string} id @param {Box | null} whole
 * @returns {{x: number, y: number}} */
export function borderPlace(definition, id, whole) {
  const around = whole ?? {x: 0, y: 0, w: 0, h: 0}
  const rows = id === IN ? definition.inputs.length : definition.outputs.length
  const y = Math.round(around.y + around.h / 2 - (46 + 24 * rows) / 2)
  return {x: id === IN ? around.x - AWAY - WIDTH : around.x + around.w + AWAY, y}
}

/** @param {string} name @param {string} type @returns {InputSpec} */
function inputSpec(name, type) {
  return {
    name, type, widget: null, optional: false, list: false, fallback: undefined, tooltip: "",
  }
}
