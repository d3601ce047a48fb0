// @ts-check
/** Commands on the shape of a graph: groups and subgraphs. */
/** @import {App, Command} from "../types.js" */
/** @import {Later} from "../tools/later.js" */

import {addGroup} from "../document/changes.js"
import {definitionOf, pathOf, splitKey} from "../document/paths.js"
import {removeUnused, renameSubgraph} from "../document/ports.js"
import {placesIn} from "../tools/drag_node.js"
import {edit, editAndSelect} from "../tools/edit.js"
import {anyNode, anything, chosen} from "./edit.js"
import {chosenInstance} from "./view.js"

/** @typedef {typeof import("../document/subgraphs.js")} Subgraphs */

/** @param {Later<Subgraphs>} shaping  what subgraphs are made and unpacked by
 * @returns {Command[]} */
export function graphCommands(shaping) {
  return [...groupCommands(), ...subgraphCommands(shaping)]
}

/** @returns {Command[]} */
function groupCommands() {
  const group = "graph"
  return [
    {id: "graph.group", group, keys: ["Ctrl+G"], when: anything, run: app => {
      const [graph, where, keys] = chosen(app)
      const box = app.scene.around(keys)
      if (!box) return
      const {id, ops} = addGroup(graph, where, box, app.t("menu.groupTitle"))
      editAndSelect(app, ops, [`groups/${id}`])
    }},
    {id: "graph.ungroup", group, keys: ["Ctrl+Shift+G"], when: app => chosenGroups(app).length > 0,
      run: app => {
        const paths = chosenGroups(app).map(id => pathOf(...app.scene.where, "groups", id))
        editAndSelect(app, paths.map(path => ({op: "remove", path})), [])
      }},
  ]
}

/** @param {App} app @returns {string[]} */
function chosenGroups(app) {
  const parts = [...app.session.selection].map(splitKey)
  return parts.filter(([kind]) => kind === "groups").map(([, id]) => id)
}

/** @param {Later<Subgraphs>} shaping @returns {Command[]} */
function subgraphCommands(shaping) {
  const group = "graph"
  const isInstance = (/** @type {App} */ app) => chosenInstance(app) !== null
  return [
    {id: "graph.subgraph", group, keys: ["Ctrl+Shift+E"], when: anyNode,
      run: app => shaping(app, part => make(app, part))},
    {id: "graph.unpack", group, when: isInstance,
      run: app => shaping(app, part => unpacked(app, part))},
    {id: "graph.nameSubgraph", group, when: isInstance, run: app => { nameSubgraph(app) }},
    {id: "graph.clean", group, when: app => removeUnused(app.store.graph).length > 0,
      run: app => { edit(app, removeUnused(app.store.graph)) }},
  ]
}

/** Of what is selected. @param {App} app @param {Subgraphs} part */
function make(app, {makeSubgraph}) {
  const [graph, where, keys] = chosen(app)
  const name = app.t("graph.subgraphName")
  const made = makeSubgraph(graph, where, keys, app.specs, name, placesIn(app))
  if (made) editAndSelect(app, made.ops, [`nodes/${made.id}`])
}

/** @param {App} app @param {Subgraphs} part */
function unpacked(app, {unpack}) {
  const [graph, where] = chosen(app)
  const made = unpack(graph, where, chosenInstance(app) ?? "", placesIn(app))
  if (made) editAndSelect(app, made.ops, made.keys)
}

/** @param {App} app */
async function nameSubgraph(app) {
  const node = app.scene.nodes.get(chosenInstance(app) ?? "")?.node
  const id = definitionOf(node?.class_type)
  const held = app.store.graph.subgraphs?.[id]?.name ?? ""
  const name = await app.ui.ask(app.t("graph.newName"), held)
  if (name !== null && name !== held) edit(app, renameSubgraph(id, name))
}
