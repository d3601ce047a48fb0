// @ts-check
/** What a press of the main button means, by what lies under it: what a click does, what a drag
 * becomes. */
/** @import {App, Box, Hit, Key, LinkPlace, Picture, Socket} from "../types.js" */
/** @import {Outcomes} from "./pointing.js" */
/** @import {Touch} from "./tool.js" */

import {addNote, rename, toggleLook} from "../document/changes.js"
import {definitionOf, splitKey} from "../document/paths.js"
import {Bending, bendAt} from "./bend.js"
import {Boxing} from "./box.js"
import {Cutting} from "./cut.js"
import {pulled} from "./drag_link.js"
import {Moving} from "./drag_node.js"
import {Pulling} from "./drag_widget.js"
import {edit, editAndSelect} from "./edit.js"
import {cutOps, linksAt, socketAt} from "./links.js"
import {Panning} from "./pan.js"
import {clicked, keyOf, select} from "./select.js"
import {Sizing} from "./size.js"
import {editText, openWidget, widgetHand} from "./widget_hand.js"
import {pictureOf} from "../view/layout.js"
import {GROUP_HEADER, HEADER} from "../view/metrics.js"

/** What lies around the hand. host: where editors of widgets are put; menu: opens the menu there.
 * @typedef {{host: HTMLElement, menu: (touch: Touch) => void}} Desk */
/** @template {Hit["kind"]} K @typedef {Extract<Hit, {kind: K}>} HitOf */

const SQUARE = 28 // canvas units from a node's side within which its coloured square is meant

/** @param {App} app @param {Desk} desk @param {Touch} touch @param {Hit} hit @returns {Outcomes} */
export function pressed(app, desk, touch, hit) {
  const found = modified(app, touch, hit) ?? plain(app, desk, touch, hit)
  return touch.touch ? {...found, hold: (_, at) => desk.menu(at)} : found
}

/** What Ctrl makes of a press. @param {App} app @param {Touch} touch @param {Hit} hit
 * @returns {Outcomes | null} */
function modified(app, touch, hit) {
  if (!touch.ctrl || hit.kind === "corner") return null
  if (touch.shift) return {drag: (_, start) => new Cutting(start), click: selecting(hit)}
  if (touch.alt) return hit.kind === "socket" ? {click: () => unlink(app, hit.socket)} : null
  if (hit.kind === "widget" && app.widgetOf(hit.widget.input).drag) return null
  return {drag: (_, start) => new Boxing(app, start, false), click: selecting(hit)}
}

/** @param {App} app @param {Desk} desk @param {Touch} touch @param {Hit} hit @returns {Outcomes} */
function plain(app, desk, touch, hit) {
  switch (hit.kind) {
    case "socket": return {drag: (_, start) => pulled(app, hit.socket, start.shift)}
    case "widget": return onWidget(app, desk, touch, hit)
    case "picture":
      return {...onThing(app, touch, hit), click: (_, at) => openPicture(app, hit, at)}
    case "problem":
      return {...onThing(app, touch, hit), click: () => app.ui.panel("problems", true)}
    case "node": return onNode(app, desk, touch, hit)
    case "corner": return onCorner(app, touch, hit)
    case "link": return onLink(app, touch, hit.link)
    case "note":
      return doubled(onThing(app, touch, hit), touch, () => renameThing(app, desk.host, `notes/${hit.id}`))
    case "reroute": return onThing(app, touch, hit)
    case "group":
      if (!hit.header) return onBare(app, touch)
      return doubled(onThing(app, touch, hit), touch,
        () => renameThing(app, desk.host, `groups/${hit.id}`))
    default: return onBare(app, touch)
  }
}

/** @param {Hit} hit @returns {(app: App, touch: Touch) => void} */
function selecting(hit) {
  return (app, touch) => {
    const key = keyOf(hit)
    select(app, clicked(app.session.selection, key, touch.shift || touch.ctrl))
    if (key !== null) app.scene.raise([key])
  }
}

/** Another click for a double one. @param {Outcomes} outcomes @param {Touch} touch
 * @param {(app: App, touch: Touch) => void} click @returns {Outcomes} */
function doubled(outcomes, touch, click) {
  return touch.clicks === 2 && !touch.shift && !touch.ctrl ? {...outcomes, click} : outcomes
}

/** A thing that can be selected and moved. A finger moves only what is selected, else the canvas.
 * @param {App} app @param {Touch} touch @param {Hit} hit @returns {Outcomes} */
function onThing(app, touch, hit) {
  const key = keyOf(hit)
  if (key === null) return onBare(app, touch)
  if (touch.touch && !app.session.selection.has(key)) {
    return {click: selecting(hit), drag: (_, start) => new Panning(app, start)}
  }
  return {click: selecting(hit), drag: (_, start) => {
    app.scene.raise([key])
    return new Moving(app, start, key, start.alt)
  }}
}

/** @param {App} app @param {Desk} desk @param {Touch} touch @param {HitOf<"node">} hit
 * @returns {Outcomes} */
function onNode(app, desk, touch, hit) {
  const key = `nodes/${hit.node}`
  const place = app.scene.nodes.get(hit.node)
  const outcomes = onThing(app, touch, hit)
  if (!place || keyOf(hit) === null) return outcomes
  if (hit.header && touch.point.x < place.box.x + SQUARE && !touch.shift) {
    const {store: {graph}, scene: {where}} = app
    return {...outcomes, click: () => edit(app, toggleLook(graph, where, [key], "collapsed"))}
  }
  if (hit.header) return doubled(outcomes, touch, () => renameThing(app, desk.host, key))
  if (!definitionOf(place.node.class_type)) return outcomes
  return doubled(outcomes, touch, () => {
    select(app, new Set([key]))
    app.commands.run("graph.enter")
  })
}

/** @param {App} app @param {Desk} desk @param {Touch} touch @param {HitOf<"widget">} hit
 * @returns {Outcomes} */
function onWidget(app, desk, touch, hit) {
  const {node, widget} = hit
  const thing = onThing(app, touch, hit)
  if (widget.linked || touch.shift || touch.alt) return thing
  const key = `nodes/${node}`
  const still = touch.touch && !app.session.selection.has(key)
  const {drag} = app.widgetOf(widget.input)
  return {
    click: (_, at) => {
      if (!app.session.selection.has(key)) select(app, new Set([key]))
      openWidget(app, desk.host, node, widget, at.point)
    },
    drag: drag && !still
      ? (_, start) => new Pulling(start, widgetHand(app, desk.host, node, widget), drag)
      : thing.drag,
  }
}

/** @param {App} app @param {Touch} touch @param {HitOf<"corner">} hit @returns {Outcomes} */
function onCorner(app, touch, hit) {
  const box = app.scene.around([hit.key])
  const pinned = app.scene.nodes.get(hit.key.slice(6))?.node.look?.pinned
  if (!box || (hit.key.startsWith("nodes/") && pinned)) return onThing(app, touch, hit)
  return {click: selecting(hit), drag: (_, start) => new Sizing(start, hit.key, box)}
}

/** @param {App} app @param {Touch} touch @param {LinkPlace} link @returns {Outcomes} */
function onLink(app, touch, link) {
  const bare = onBare(app, touch)
  const bend = (/** @type {App} */ _, /** @type {Touch} */ at) => bendAt(app, link, at.point)
  if (touch.alt) return {click: bend, drag: (_, start) => new Bending(link, start.point)}
  const source = touch.shift ? socketAt(app.scene, link, "start") : null
  if (source) return {...bare, drag: () => pulled(app, source, false)}
  return doubled(bare, touch, bend)
}

/** Canvas with nothing on it. @param {App} app @param {Touch} touch @returns {Outcomes} */
function onBare(app, touch) {
  const boxes = app.settings.get("canvas.drag") === "select" && !touch.touch
  return doubled({
    click: (_, at) => select(app, clicked(app.session.selection, null, at.shift || at.ctrl)),
    drag: (_, start) => boxes || start.shift
      ? new Boxing(app, start, start.shift) : new Panning(app, start),
  }, touch, (_, at) => app.ui.addNode(at.point))
}

/** @param {App} app @param {Socket} socket */
function unlink(app, socket) {
  edit(app, cutOps(app, linksAt(app.scene, socket)))
}

/** @param {App} app @param {HitOf<"picture">} hit @param {Touch} touch */
function openPicture(app, hit, touch) {
  selecting(hit)(app, touch)
  const pictures = picturesOf(app, hit.node)
  if (pictures.length && !touch.shift) app.ui.lightbox(pictures, hit.index)
}

/** What a node shows: what its run made, else the picture that it reads.
 * @param {App} app @param {string} id @returns {Picture[]} */
export function picturesOf(app, id) {
  const made = app.run.node(app.store.name, runId(app, id))?.pictures ?? []
  if (made.length) return made
  const widget = app.scene.nodes.get(id)?.widgets.find(place => place.input.widget === "picture")
  const read = widget && !widget.linked ? pictureOf(String(widget.value ?? "")) : null
  return read ? [read] : []
}

/** A node's id as it runs. @param {App} app @param {string} id @returns {string} */
export function runId(app, id) {
  return [...app.session.instances, id].join(":")
}

// Texts of the canvas

/** Edit the title of a node or group, or the text of a note, in its place.
 * @param {App} app @param {HTMLElement} host @param {Key} key */
export function renameThing(app, host, key) {
  const [kind, id] = splitKey(key)
  const {nodes, canvas} = app.scene
  const note = canvas.notes?.[id]
  const set = (/** @type {string} */ value) =>
    edit(app, rename(app.store.graph, app.scene.where, key, value))
  if (kind === "notes") {
    const box = () => app.scene.around([key]) ?? {x: 0, y: 0, w: 200, h: 100}
    editText(app, host, {name: "text", value: note?.text ?? "", multiline: true, box, set})
  } else if (kind !== "reroutes") {
    const value = kind === "nodes" ? nodes.get(id)?.title : canvas.groups?.[id]?.title
    const box = () => headerOf(app, key, kind === "nodes" ? HEADER : GROUP_HEADER)
    editText(app, host, {name: "title", value: value ?? "", multiline: false, box, set})
  }
}

/** Write a note where there is none. It comes with its first text, as one edit: what is not
 * written leaves no empty note behind.
 * @param {App} app @param {HTMLElement} host @param {Box} box */
export function writeNote(app, host, box) {
  const {where} = app.scene
  /** @type {Key | null} */
  let key = null
  const set = (/** @type {string} */ text) => {
    if (key !== null) return void edit(app, rename(app.store.graph, where, key, text))
    const {id, ops} = addNote(app.store.graph, where, box, text)
    if (editAndSelect(app, ops, [`notes/${id}`])) key = `notes/${id}`
  }
  editText(app, host, {name: "text", value: "", multiline: true, box: () => box, set})
}

/** @param {App} app @param {Key} key @param {number} h @returns {Box} */
function headerOf(app, key, h) {
  const box = app.scene.around([key]) ?? {x: 0, y: 0, w: 200, h}
  return {x: box.x + 4, y: box.y + 4, w: box.w - 8, h: h - 8}
}
