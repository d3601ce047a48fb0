// @ts-check
/** Commands that run the workflow, and what runs. */
/** @import {App, Command} from "../types.js" */

import {runId} from "../tools/press.js"
import {nodesIn} from "../document/paths.js"
import {tell} from "./tell.js"

/** @returns {Command[]} */
export function runCommands() {
  const group = "run"
  /** @param {App} app */
  const counted = app => Math.max(1, Number(app.settings.get("run.count") ?? 1))
  return [
    {id: "run.queue", group, keys: ["Ctrl+Enter"], typing: true,
      run: app => app.queue({count: counted(app)})},
    {id: "run.front", group, keys: ["Ctrl+Shift+Enter"], typing: true,
      run: app => app.queue({count: counted(app), front: true})},
    {id: "run.selection", group, when: app => nodesIn(app.session.selection).length > 0,
      run: app => app.queue({targets: nodesIn(app.session.selection).map(id => runId(app, id))})},
    {id: "run.interrupt", group, keys: ["Ctrl+Alt+Enter"], typing: true,
      run: app => tell(app, app.api.post("/interrupt", {}))},
    {id: "run.clear", group, when: app => app.run.waiting.length > 0,
      run: app => tell(app, app.api.post("/queue", {clear: true}))},
    {id: "run.pause", group,
      run: app => tell(app, app.api.post("/queue", {paused: !app.run.paused}))},
    {id: "run.free", group,
      run: app => tell(app, app.api.post("/free", {unload_models: true}), "run.freed")},
    {id: "run.empty", group,
      run: app => tell(app, app.api.post("/free", {free_memory: true}), "run.emptied")},
    {id: "run.refresh", group, keys: ["R"], run: app => tell(app, app.refresh(), "run.refreshed")},
  ]
}
