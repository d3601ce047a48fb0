// @ts-check
/** Lines of a node's menu that have to do with subgraphs: into them and out, what they show. */
/** @import {App, MenuItem} from "../types.js" */

import {chosenInstance} from "./view.js"
import {item} from "./menu_item.js"

/** @param {App} app @returns {MenuItem[]} */
export function subgraphItems(app) {
  if (chosenInstance(app) === null) return [item(app, "graph.subgraph", {icon: "cube"})]
  return [
    item(app, "graph.enter", {icon: "cube"}),
    item(app, "graph.unpack"),
    item(app, "graph.nameSubgraph"),
  ]
}
