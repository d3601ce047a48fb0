// @ts-check
/** The way from a document into its subgraphs. Pure. */

/** @import {Graph, GraphNode, Where} from "../types.js" */

import {canvasOf, definitionOf} from "./paths.js"
import {own} from "./values.js"

/** The subgraph nodes that were entered, outermost first, as far as the way still leads there.
 * @param {Graph} graph @param {string[]} instances  their ids
 * @returns {{id: string, node: GraphNode, where: Where}[]} where: the canvas inside */
export function trailOf(graph, instances) {
  /** @type {{id: string, node: GraphNode, where: Where}[]} */
  const trail = []
  for (const id of instances) {
    const {nodes = {}} = canvasOf(graph, trail.at(-1)?.where ?? [])
    const node = own(nodes, id)
    const inner = definitionOf(node?.class_type)
    if (!node || !Object.hasOwn(graph.subgraphs ?? {}, inner)) break
    trail.push({id, node, where: ["subgraphs", inner]})
  }
  return trail
}
