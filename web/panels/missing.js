// @ts-check
/** What a workflow needs and this server lacks: node types, and files of models. Pure. */

/** @import {Canvas, Graph, GraphNode, Specs} from "../types.js" */

/** folder: where it belongs; nodes: how many ask for it.
 * @typedef {{name: string, folder: string, nodes: number}} Missing */
/** @typedef {{types: Missing[], models: Missing[]}} Lack */

const PACKS = "custom_nodes"

/** @param {Graph} graph @param {Specs} specs @returns {Lack} */
export function missingIn(graph, specs) {
  /** @type {Map<string, Missing>} */
  const types = new Map()
  /** @type {Map<string, Missing>} */
  const models = new Map()
  for (const node of nodesOf(graph)) {
    const spec = specs.of(node, graph)
    if (!spec.known) add(types, node.class_type, PACKS)
    for (const {name, folder, options} of spec.inputs) {
      const value = node.inputs?.[name]
      if (folder && options && typeof value === "string" && value && !options.includes(value)) {
        add(models, value, folder)
      }
    }
  }
  return {types: [...types.values()], models: [...models.values()]}
}

/** Nodes of the canvas and of all definitions, once each.
 * @param {Graph} graph @returns {GraphNode[]} */
function nodesOf(graph) {
  /** @type {Canvas[]} */
  const canvases = [graph, ...Object.values(graph.subgraphs ?? {})]
  return canvases.flatMap(canvas => Object.values(canvas.nodes ?? {}))
}

/** @param {Map<string, Missing>} into @param {string} name @param {string} folder */
function add(into, name, folder) {
  const key = `${folder}/${name}`
  const found = into.get(key) ?? {name, folder, nodes: 0}
  into.set(key, {...found, nodes: found.nodes + 1})
}
