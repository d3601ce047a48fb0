// @ts-check
/** Commands that edit what is selected. */
/** @import {App, Command, Key, Op} from "../types.js" */
/** @import {Clipboard} from "../tools/clipboard.js" */

import {removeKeys, toggleLook, toggleState} from "../document/changes.js"
import {keyPath, nodesIn} from "../document/paths.js"
import {copies} from "../tools/drag_node.js"
import {edit, editAndSelect} from "../tools/edit.js"
import {moved} from "../tools/places.js"
import {pointed} from "../tools/pointed.js"
import {withContent} from "../tools/select.js"
import {GRID} from "../view/metrics.js"

const FINE = 4 // canvas units of a small step
const NOTE = {w: 10 * GRID, h: 5 * GRID}

/** @param {Clipboard} clipboard @returns {Command[]} */
export function editCommands(clipboard) {
  return [...historyCommands(), ...clipboardCommands(clipboard), ...selectionCommands(),
    ...stateCommands(), ...nudges()]
}

/** @param {App} app @returns {boolean} */
export const anything = app => app.session.selection.size > 0
/** @param {App} app @returns {boolean} */
export const anyNode = app => nodesIn(app.session.selection).length > 0

/** One thing that has a title or a text. @param {App} app @returns {boolean} */
function isNamed(app) {
  const [key] = app.session.selection
  return app.session.selection.size === 1 && !key.startsWith("reroutes/")
}

/** @returns {Command[]} */
function historyCommands() {
  const group = "edit"
  return [
    {id: "edit.undo", group, keys: ["Ctrl+Z"], when: app => app.store.canUndo,
      run: app => turned(app, app.store.undo())},
    {id: "edit.redo", group, keys: ["Ctrl+Y", "Ctrl+Shift+Z"], when: app => app.store.canRedo,
      run: app => turned(app, app.store.redo())},
  ]
}

/** Say what somebody else had changed; forget what is gone. @param {App} app
 * @param {string[]} left */
function turned(app, left) {
  if (left.length) app.ui.toast(app.t("edit.left", {n: left.length}))
  const {selection} = app.session
  const kept = [...selection].filter(key => app.scene.around([key]) !== null)
  if (kept.length < selection.size) app.session.set({selection: new Set(kept)})
}

/** @param {Clipboard} clipboard @returns {Command[]} */
function clipboardCommands(clipboard) {
  const group = "edit"
  return [
    {id: "edit.copy", group, keys: ["Ctrl+C"], when: anything, run: () => clipboard.copy()},
    {id: "edit.cut", group, keys: ["Ctrl+X"], when: anything, run: () => clipboard.cut()},
    {id: "edit.paste", group, keys: ["Ctrl+V"], run: () => { clipboard.paste(false) }},
    {id: "edit.pasteLinked", group, keys: ["Ctrl+Shift+V"], run: () => { clipboard.paste(true) }},
    {id: "edit.duplicate", group, keys: ["Ctrl+D"], when: anything,
      run: app => copies(app, withContent(app.scene, app.session.selection), [GRID, GRID], true)},
  ]
}

/** @returns {Command[]} */
function selectionCommands() {
  const group = "edit"
  return [
    {id: "edit.selectAll", group, keys: ["Ctrl+A"],
      run: app => app.session.set({selection: new Set(allKeys(app))})},
    {id: "edit.delete", group, keys: ["Delete", "Backspace"], when: anything, run: remove},
    {id: "edit.rename", group, keys: ["F2"], when: isNamed,
      run: app => app.rename([...app.session.selection][0])},
    {id: "edit.add", group, keys: ["A"], run: app => app.ui.addNode(pointed(app))},
    {id: "edit.note", group, run: app => {
      const {x, y} = pointed(app)
      app.note({x: Math.round(x), y: Math.round(y), ...NOTE})
    }},
  ]
}

/** @returns {Command[]} */
function stateCommands() {
  const group = "edit"
  /** @type {(id: string, keys: string[], make: (app: App) => Op[]) => Command} */
  const command = (id, keys, make) =>
    ({id: `edit.${id}`, group, keys, when: anyNode, run: app => { edit(app, make(app)) }})
  return [
    command("mute", ["Ctrl+M"], app => toggleState(...chosen(app), "muted")),
    command("bypass", ["Ctrl+B"], app => toggleState(...chosen(app), "bypassed")),
    command("collapse", ["Alt+C"], app => toggleLook(...chosen(app), "collapsed")),
    command("pin", ["P"], app => toggleLook(...chosen(app), "pinned")),
    command("fitSize", [], app => nodesIn(app.session.selection)
      .filter(id => app.scene.nodes.get(id)?.node.look?.size)
      .map(id => ({op: "remove", path: keyPath(app.scene.where, `nodes/${id}`, "look", "size")}))),
  ]
}

/** @returns {Command[]} */
function nudges() {
  /** @type {[string, number, number][]} */
  const ways = [["Left", -1, 0], ["Right", 1, 0], ["Up", 0, -1], ["Down", 0, 1]]
  return ways.flatMap(([name, x, y]) => [
    nudge(`edit.nudge${name}`, `Arrow${name}`, x * GRID, y * GRID),
    nudge(`edit.nudge${name}Fine`, `Shift+Arrow${name}`, x * FINE, y * FINE),
  ])
}

/** @param {string} id @param {string} keys @param {number} dx @param {number} dy
 * @returns {Command} */
function nudge(id, keys, dx, dy) {
  return {id, group: "edit", keys: [keys], when: anything, run: app => {
    edit(app, moved(app.scene, withContent(app.scene, app.session.selection), dx, dy))
  }}
}

/** What most functions of document/changes.js begin with. @param {App} app
 * @returns {[App["store"]["graph"], string[], Set<Key>]} */
export function chosen(app) {
  return [app.store.graph, app.scene.where, app.session.selection]
}

/** @param {App} app */
export function remove(app) {
  const [graph, where, keys] = chosen(app)
  editAndSelect(app, removeKeys(graph, where, keys, app.specs), [])
}

/** @param {App} app @returns {Key[]} */
function allKeys(app) {
  const {canvas} = app.scene
  return ["nodes", "groups", "notes", "reroutes"].flatMap(kind =>
    Object.keys(canvas[/** @type {"nodes"} */ (kind)] ?? {}).map(id => `${kind}/${id}`))
}
