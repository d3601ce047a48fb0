// @ts-check
/** Commands on the shape of a graph: groups. */
/** @import {App, Command} from "../types.js" */

import {addGroup} from "../document/changes.js"
import {pathOf, splitKey} from "../document/paths.js"
import {edit} from "../tools/edit.js"
import {anything, chosen} from "./edit.js"

/** @returns {Command[]} */
export function graphCommands() {
  const group = "graph"
  return [
    {id: "graph.group", group, keys: ["Ctrl+G"], when: anything, run: app => {
      const [graph, where, keys] = chosen(app)
      const box = app.scene.around(keys)
      if (!box) return
      const {id, ops} = addGroup(graph, where, box, app.t("menu.groupTitle"))
      if (edit(app, ops)) app.session.set({selection: new Set([`groups/${id}`])})
    }},
    {id: "graph.ungroup", group, keys: ["Ctrl+Shift+G"], when: app => chosenGroups(app).length > 0,
      run: app => {
        const {where} = app.scene
        edit(app, chosenGroups(app).map(id => ({op: "remove", path: pathOf(...where, "groups", id)})))
        app.session.set({selection: new Set()})
      }},
  ]
}

/** @param {App} app @returns {string[]} */
function chosenGroups(app) {
  return [...app.session.selection].map(splitKey).filter(([kind]) => kind === "groups").map(([, id]) => id)
}
