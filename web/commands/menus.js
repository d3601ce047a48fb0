// @ts-check
/** Context menus as lists: for the bare canvas, nodes, links, sockets, groups, notes, reroutes and
 * whatever is selected. Most lines are commands; knows no DOM. */
/** @import {App, Hit, Key, LinkPlace, MenuItem, Point, Socket} from "../types.js" */

import {addGroup, reroute, setLook} from "../document/changes.js"
import {splitKey} from "../document/paths.js"
import {problemText} from "../texts/index.js"
import {spanAt} from "../tools/bend.js"
import {edit, editAndSelect} from "../tools/edit.js"
import {cutOps, linkOps, linksAt} from "../tools/links.js"
import {picturesOf, runId} from "../tools/press.js"
import {fittingSockets} from "../tools/sockets.js"
import {setInput} from "../tools/widget_hand.js"
import {isBorder} from "../view/border.js"
import {nameOf} from "../view/marks.js"
import {GRID} from "../view/metrics.js"
import {chosen} from "./edit.js"
import {item, lined} from "./menu_item.js"
import {exposureItems, portItems, subgraphItems} from "./subgraph_menu.js"

/** Colours that things can be given; what is painted of them is the theme's business. */
export const COLOURS = /** @type {const} */ ([
  ["red", "#e5484d"], ["orange", "#f2a65a"], ["yellow", "#e6c44f"], ["green", "#7fcf8f"],
  ["teal", "#4fb8ad"], ["blue", "#6fb4f2"], ["purple", "#b9a4f0"], ["pink", "#ee8fd6"],
])
const AWAY = 60 // canvas units from a socket to a node that is added to it
const MOST_ENDS = 24 // sockets that a menu offers to link with

/** The menu for what lies under a point.
 * @param {App} app @param {Hit} hit @param {Point} at @returns {MenuItem[]} */
export function menus(app, hit, at) {
  switch (hit.kind) {
    case "socket": return isBorder(hit.socket.node)
      ? [...portItems(app, hit.socket), ...lined(socketMenu(app, hit.socket))]
      : [...socketMenu(app, hit.socket), ...lined(nodeMenu(app, hit.socket.node))]
    case "link": return [...linkMenu(app, hit.link, at), ...lined(canvasMenu(app, at))]
    case "nothing": return canvasMenu(app, at)
    case "group": return hit.header ? selectionMenu(app) : canvasMenu(app, at)
    case "corner": return thingMenu(app, hit.key)
    case "note": return selectionMenu(app)
    case "reroute": return rerouteMenu(app)
    default: return isBorder(hit.node) ? canvasMenu(app, at) : nodeMenu(app, hit.node, hit)
  }
}

/** @param {App} app @param {Key} key @returns {MenuItem[]} */
function thingMenu(app, key) {
  const [kind, id] = splitKey(key)
  if (kind === "reroutes") return rerouteMenu(app)
  return kind === "nodes" ? nodeMenu(app, id) : selectionMenu(app)
}

/** @param {App} app @returns {MenuItem[]} */
function rerouteMenu(app) {
  const alone = app.session.selection.size === 1
  return alone ? [item(app, "edit.delete", {icon: "trash"})] : selectionMenu(app)
}

/** @param {App} app @param {Point} at @returns {MenuItem[]} */
function canvasMenu(app, at) {
  const {t, session} = app
  return [
    {title: t("menu.add"), id: "add", icon: "add", run: () => app.ui.addNode(at)},
    item(app, "edit.note", {icon: "note"}),
    {title: t("menu.group"), id: "group", icon: "group", run: () => emptyGroup(app, at)},
    item(app, "edit.paste", {icon: "copy", line: true}),
    item(app, "edit.pasteLinked"),
    item(app, "edit.selectAll"),
    item(app, "edit.undo", {icon: "undo", line: true}),
    item(app, "edit.redo", {icon: "redo"}),
    item(app, "view.fit", {icon: "fit", line: true}),
    item(app, "graph.arrange", {icon: "layout"}),
    ...session.instances.length ? [item(app, "graph.leave", {icon: "out"})] : [],
  ]
}

/** @param {App} app @param {Point} at */
function emptyGroup(app, at) {
  const box = {x: Math.round(at.x), y: Math.round(at.y), w: 12 * GRID, h: 8 * GRID}
  const {id, ops} = addGroup(app.store.graph, app.scene.where, box, app.t("menu.groupTitle"))
  editAndSelect(app, ops, [`groups/${id}`])
}

/** @param {App} app @param {string} id @param {Hit} [hit] @returns {MenuItem[]} */
function nodeMenu(app, id, hit) {
  if (app.session.selection.size > 1) return selectionMenu(app)
  return [
    ...hit?.kind === "problem" ? problemItems(app, id) : [],
    ...pictureItems(app, id, hit?.kind === "picture" ? hit.index : 0),
    item(app, "run.selection", {icon: "play"}),
    ...subgraphItems(app),
    item(app, "edit.rename", {icon: "edit", line: true}),
    colourItem(app),
    ...stateItems(app, id),
    ...linkItems(app, id),
    ...exposureItems(app, id),
    ...editItems(app),
    {title: app.t("menu.info"), id: "info", icon: "info", line: true,
      run: () => app.ui.panel("info", true)},
  ]
}

/** @param {App} app @returns {MenuItem[]} */
function selectionMenu(app) {
  const several = app.session.selection.size > 1
  return [
    several ? item(app, "graph.group", {icon: "group"})
      : item(app, "edit.rename", {icon: "edit", ...isNote(app) && {title: app.t("menu.editText")}}),
    ...several ? [item(app, "graph.subgraph", {icon: "cube"}), alignItem(app)] : [],
    colourItem(app),
    ...several ? [item(app, "run.selection", {icon: "play", line: true}), item(app, "edit.bypass"),
      item(app, "edit.mute"), item(app, "edit.collapse"), item(app, "edit.pin")] : [],
    ...editItems(app),
  ]
}

/** Whether a note alone is selected. @param {App} app @returns {boolean} */
function isNote(app) {
  return [...app.session.selection].every(key => key.startsWith("notes/"))
}

/** @param {App} app @returns {MenuItem[]} */
function editItems(app) {
  return [
    item(app, "edit.copy", {icon: "copy", line: true}),
    item(app, "edit.cut"),
    item(app, "edit.duplicate"),
    item(app, "edit.delete", {icon: "trash"}),
  ]
}

/** @param {App} app @param {string} id @returns {MenuItem[]} */
function stateItems(app, id) {
  const node = app.scene.nodes.get(id)?.node
  return [
    item(app, "edit.bypass", {checked: node?.state === "bypassed"}),
    item(app, "edit.mute", {checked: node?.state === "muted"}),
    item(app, "edit.collapse", {checked: Boolean(node?.look?.collapsed)}),
    item(app, "edit.pin", {checked: Boolean(node?.look?.pinned)}),
    ...node?.look?.size ? [item(app, "edit.fitSize")] : [],
  ]
}

/** @param {App} app @returns {MenuItem} */
function colourItem(app) {
  const give = (/** @type {string | undefined} */ colour) =>
    edit(app, setLook(...chosen(app), "colour", colour))
  const items = COLOURS.map(([name, colour]) =>
    ({title: app.t(`colour.${name}`), id: name, colour, run: () => { give(colour) }}))
  const none = {title: app.t("colour.none"), id: "none", run: () => { give(undefined) }}
  return {title: app.t("menu.colour"), id: "colour", icon: "bucket", items: [none, ...lined(items)]}
}

/** @param {App} app @returns {MenuItem} */
function alignItem(app) {
  const sides = ["Left", "Centre", "Right", "Top", "Middle", "Bottom"]
  const ids = sides.map(side => `graph.align${side}`)
  const rest = ["graph.distributeAcross", "graph.distributeDown", "graph.arrangeChosen"]
  const items = [...ids.map(id => item(app, id)), ...lined(rest.map(id => item(app, id)))]
  return {title: app.t("menu.align"), id: "align", icon: "layout", items}
}

/** @param {App} app @param {string} id @returns {MenuItem[]} */
function problemItems(app, id) {
  return app.run.problems(app.store.name, runId(app, id)).slice(0, 4).map(problem =>
    ({title: problemText(app.t, problem), icon: "warning", run: () => app.ui.panel("problems", true)}))
}

/** @param {App} app @param {string} id @param {number} index @returns {MenuItem[]} */
function pictureItems(app, id, index) {
  const pictures = picturesOf(app, id)
  const widget = app.scene.nodes.get(id)?.widgets.find(place => place.input.widget === "picture")
  const large = {title: app.t("menu.large"), id: "large", icon: "eye",
    run: () => app.ui.lightbox(pictures, Math.min(index, pictures.length - 1))}
  const mask = {title: app.t("menu.mask"), id: "mask", icon: "brush", run: () => {
    if (!widget) return
    app.ui.paintMask(String(widget.value), name =>
      edit(app, [setInput(app.scene.where, id, widget.name, name)]))
  }}
  return [...pictures.length ? [large] : [], ...widget?.value && !widget.linked ? [mask] : []]
}

// Links

/** @param {App} app @param {LinkPlace} link @param {Point} at @returns {MenuItem[]} */
function linkMenu(app, link, at) {
  const {t, store, scene} = app
  const place = /** @type {[number, number]} */ ([Math.round(at.x), Math.round(at.y)])
  return [
    {title: t("menu.unlink"), id: "unlink", icon: "close",
      run: () => { edit(app, cutOps(app, [link])) }},
    {title: t("menu.reroute"), id: "reroute", run: () => {
      edit(app, reroute(store.graph, scene.where, link.key, spanAt(link.points, at), place))
    }},
  ]
}

/** @param {App} app @param {Socket} socket @returns {MenuItem[]} */
function socketMenu(app, socket) {
  const {t} = app
  const links = linksAt(app.scene, socket)
  const aside = socket.side === "out" ? AWAY : -AWAY
  return [
    {title: t("menu.linkWith"), id: "link", icon: "link",
      get items() { return endsFor(app, socket) }},
    {title: t("menu.addTo"), id: "add", icon: "add",
      run: () => app.ui.addNode({x: socket.x + aside, y: socket.y}, socket)},
    {title: t("menu.unlink"), id: "unlink", icon: "close", off: !links.length,
      run: () => { edit(app, cutOps(app, links)) }},
  ]
}

/** Linking without a mouse: every socket of a node with what it can be linked with.
 * @param {App} app @param {string} id @returns {MenuItem[]} */
function linkItems(app, id) {
  const sockets = app.scene.nodes.get(id)?.sockets ?? []
  const sides = /** @type {const} */ (["in", "out"])
  return sides.flatMap(side => {
    const some = sockets.filter(socket => socket.side === side)
    const items = some.map(one => ({
      title: one.label || one.name, id: nameOf(one), get items() { return socketMenu(app, one) },
    }))
    return items.length ? [{title: app.t(`menu.${side}`), id: side, icon: "link", items}] : []
  })
}

/** Sockets that one can be linked with, the nearest first. @param {App} app @param {Socket} socket
 * @returns {MenuItem[]} */
function endsFor(app, socket) {
  const names = fittingSockets(app.scene, app.specs, [socket])
  const far = (/** @type {Socket} */ one) => Math.hypot(one.x - socket.x, one.y - socket.y)
  const ends = [...app.scene.nodes.values()].flatMap(place => place.sockets)
    .filter(one => names.has(nameOf(one))).sort((a, b) => far(a) - far(b)).slice(0, MOST_ENDS)
  if (!ends.length) return [{title: app.t("menu.noEnds"), off: true}]
  return ends.map(end => ({
    title: `${app.scene.nodes.get(end.node)?.title ?? ""}: ${end.label || end.name}`,
    id: nameOf(end),
    run: () => { edit(app, linkOps(app, [end.side === "in" ? [socket, end] : [end, socket]])) },
  }))
}
