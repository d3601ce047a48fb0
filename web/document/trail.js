// @ts-check
/** The way from a document into its subgraphs. Pure. */

/** @import {Graph, GraphNode, Where} from "../types.js" */

import {canvasOf, INSTANCE} from "./paths.js"

/** The subgraph nodes that were entered, outermost first, as far as the way still leads there.
 * @param {Graph} graph @param {string[]} instances  their ids
 * @returns {{id: string, node: GraphNode, where: Where}[]} where: the canvas inside */
export function trailOf(graph, instances) {
  /** @type {{id: string, node: GraphNode, where: Where}[]} */
  const trail = []
  for (const id of instances) {
    const {nodes = {}} = canvasOf(graph, trail.at(-1)?.where ?? [])
    const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined
    const inner = node?.class_type.startsWith(INSTANCE) && node.class_type.slice(INSTANCE.length)
    if (!node || !inner || !Object.hasOwn(graph.subgraphs ?? {}, inner)) break
    trail.push({id, node, where: ["subgraphs", inner]})
  }
  return trail
}
