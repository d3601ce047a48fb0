// @ts-check
/** Commands that change what is seen: camera, panels, the canvas that is open. */
/** @import {App, Camera, Command} from "../types.js" */

import {definitionOf, nodesIn} from "../document/paths.js"
import {trailOf} from "../document/trail.js"
import {fitted, zoomAt} from "../view/camera.js"

const STEP = 1.2

/** @returns {Command[]} */
export function viewCommands() {
  return [...cameraCommands(), ...placeCommands(), ...panelCommands()]
}

/** @returns {Command[]} */
function cameraCommands() {
  const group = "view"
  return [
    {id: "view.fit", group, keys: ["."], run: fit},
    {id: "view.zoomIn", group, keys: ["Alt++", "Alt+="], run: app => zoom(app, STEP)},
    {id: "view.zoomOut", group, keys: ["Alt+-"], run: app => zoom(app, 1 / STEP)},
    {id: "view.zoomReset", group, keys: ["Alt+0"],
      run: app => zoom(app, 1 / app.session.camera.zoom)},
    {id: "view.minimap", group, keys: ["Alt+M"], run: app => toggle(app, "view.minimap", true)},
    {id: "view.focus", group, keys: ["F"], run: app => toggle(app, "view.focus", false)},
    {id: "view.links", group, run: app => toggle(app, "view.links", true)},
    {id: "view.snap", group, run: app => toggle(app, "canvas.snap", false)},
    {id: "view.times", group, run: app => toggle(app, "view.times", false)},
  ]
}

/** Into subgraphs and out again; each canvas is left with the camera that was there.
 * @returns {Command[]} */
function placeCommands() {
  const group = "graph"
  /** @type {Map<string, Camera>} */
  const cameras = new Map()
  return [
    {id: "graph.enter", group, when: app => chosenInstance(app) !== null, run: app => {
      const id = chosenInstance(app)
      if (id !== null) go(app, [...app.session.instances, id], cameras)
    }},
    {id: "graph.leave", group, when: isInside, run: app => leave(app, cameras)},
    {id: "view.escape", group: "view", keys: ["Escape"],
      when: app => isInside(app) || app.session.selection.size > 0, run: app => {
        if (isInside(app)) leave(app, cameras)
        else app.session.set({selection: new Set()})
      }},
  ]
}

/** @returns {Command[]} */
function panelCommands() {
  const group = "panels"
  /** @type {(id: string, keys: string[], name: string, typing?: boolean) => Command} */
  const panel = (id, keys, name, typing = false) =>
    ({id: `panel.${id}`, group, keys, typing, run: app => app.ui.panel(name)})
  return [
    {id: "view.palette", group: "view", keys: ["Ctrl+K"], typing: true,
      run: app => app.ui.palette()},
    panel("queue", ["Q"], "queue"),
    panel("gallery", ["G"], "gallery"),
    panel("problems", [], "problems"),
    panel("workflows", ["W"], "workflows"),
    panel("library", ["N"], "library"),
    panel("models", ["M"], "models"),
    panel("info", ["I"], "info"),
    panel("versions", [], "versions"),
    panel("log", ["Ctrl+`"], "log"),
    panel("settings", ["Ctrl+,"], "settings", true),
    panel("help", ["?"], "help"),
  ]
}

/** Show all, or all that is selected. @param {App} app */
export function fit(app) {
  const {selection, screen} = app.session
  const box = app.scene.around(selection) ?? app.scene.whole()
  if (box) app.session.set({camera: fitted(box, screen, {covered: app.ui.covered()})})
}

/** @param {App} app @param {number} factor */
function zoom(app, factor) {
  const {camera, screen} = app.session
  app.session.set({camera: zoomAt(camera, {x: screen.w / 2, y: screen.h / 2}, factor)})
}

/** @param {App} app @param {string} setting @param {boolean} fallback */
function toggle(app, setting, fallback) {
  app.settings.set(setting, !(app.settings.get(setting) ?? fallback))
}

/** The subgraph node that alone is selected. @param {App} app @returns {string | null} */
export function chosenInstance(app) {
  const ids = nodesIn(app.session.selection)
  const node = ids.length === 1 ? app.scene.nodes.get(ids[0])?.node : undefined
  return definitionOf(node?.class_type) ? ids[0] : null
}

/** @param {App} app @returns {boolean} */
function isInside(app) {
  return app.session.instances.length > 0
}

/** Back to the canvas around, with the node selected that was left.
 * @param {App} app @param {Map<string, Camera>} cameras */
function leave(app, cameras) {
  const {instances} = app.session
  const left = instances[instances.length - 1]
  go(app, instances.slice(0, -1), cameras)
  if (app.scene.nodes.has(left)) app.session.set({selection: new Set([`nodes/${left}`])})
}

/** Show the canvas inside of these subgraph nodes.
 * @param {App} app @param {string[]} instances @param {Map<string, Camera>} cameras */
function go(app, instances, cameras) {
  const {session, store} = app
  cameras.set([store.name, ...session.instances].join("/"), session.camera)
  enter(app, instances)
  const known = cameras.get([store.name, ...session.instances].join("/"))
  if (known) session.set({camera: known})
  else fit(app)
}

/** Where nested subgraph nodes lead, as far as they still do.
 * @param {App} app @param {string[]} instances */
function enter(app, instances) {
  const trail = trailOf(app.store.graph, instances)
  const where = trail.at(-1)?.where ?? []
  app.session.set({where, instances: trail.map(({id}) => id), selection: new Set(), draft: null})
}

/** When the subgraph that is open is gone, show what is left around it. @param {App} app */
export function stayInside(app) {
  const {session: {instances, where}, store: {graph}} = app
  if (!instances.length) return
  const trail = trailOf(graph, instances)
  if (trail.length === instances.length && trail.at(-1)?.where.join() === where.join()) return
  enter(app, instances)
  fit(app)
}
