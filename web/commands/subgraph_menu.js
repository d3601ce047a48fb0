// @ts-check
/** Lines of menus that have to do with subgraphs: into them and out, what they take and give. */
/** @import {App, MenuItem, Op, Socket} from "../types.js" */

import {expose, exposeOutput, hide, removeOutput, renamePort} from "../document/subgraphs.js"
import {edit} from "../tools/edit.js"
import {linksAt} from "../tools/links.js"
import {IN, OUT} from "../document/paths.js"
import {item, lined} from "./menu_item.js"
import {chosenInstance} from "./view.js"

/** @param {App} app @returns {MenuItem[]} */
export function subgraphItems(app) {
  if (chosenInstance(app) === null) return [item(app, "graph.subgraph", {icon: "cube"})]
  return [
    item(app, "graph.enter", {icon: "cube"}),
    item(app, "graph.unpack"),
    item(app, "graph.nameSubgraph"),
  ]
}

/** In a subgraph: which inputs and outputs of a node its instances show.
 * @param {App} app @param {string} id @returns {MenuItem[]} */
export function exposureItems(app, id) {
  if (!app.scene.where.length) return []
  const sockets = app.scene.nodes.get(id)?.sockets ?? []
  const [taken, given] = ["in", "out"].map(side =>
    sockets.filter(socket => socket.side === side).flatMap(socket => exposureItem(app, socket)))
  const items = taken.length ? [...taken, ...lined(given)] : given
  return items.length ? [{title: app.t("menu.promote"), id: "promote", icon: "out", items}] : []
}

/** @param {App} app @param {Socket} socket @returns {MenuItem[]} */
function exposureItem(app, socket) {
  const {scene} = app
  const links = linksAt(scene, socket)
  const port = portOf(app, socket)
  const checked = port >= 0
  if (socket.side === "in" && links.length && !checked) return []
  const title = socket.label || socket.name
  return [{title, id: `${socket.side}/${socket.name}`, checked, run: () => {
    edit(app, checked ? hideOps(app, socket.side, port) : showOps(app, socket))
  }}]
}

/** The number of the port by which a socket is shown outside; -1 for none.
 * @param {App} app @param {Socket} socket @returns {number} */
function portOf(app, socket) {
  const links = linksAt(app.scene, socket)
  if (socket.side === "in") return links[0]?.from[0] === IN ? links[0].from[1] : -1
  const out = links.find(link => link.node === OUT)
  return out ? portsOf(app).outputs.findIndex(port => port.name === out.input) : -1
}

/** @param {App} app @returns {{inputs: {name: string}[], outputs: {name: string}[]}} */
function portsOf(app) {
  const {inputs = [], outputs = []} = app.store.graph.subgraphs?.[app.scene.where[1]] ?? {}
  return {inputs, outputs}
}

/** Ops that show a socket outside. @param {App} app @param {Socket} socket @returns {Op[]} */
function showOps(app, socket) {
  const {store: {graph}, scene: {where}, specs} = app
  return socket.side === "in" ? expose(graph, where, socket.node, socket.name, specs)
    : exposeOutput(graph, where, socket.node, socket.index, specs)
}

/** @param {App} app @param {"in" | "out"} side  of the inner socket @param {number} port
 * @returns {Op[]} */
function hideOps(app, side, port) {
  const {store: {graph}, scene: {where}, specs} = app
  return (side === "in" ? hide : removeOutput)(graph, where, port, specs)
}

/** For a socket of a subgraph's border: its name, and away with it.
 * @param {App} app @param {Socket} socket @returns {MenuItem[]} */
export function portItems(app, socket) {
  const {t, store: {graph}, scene: {where}} = app
  const side = socket.node === IN ? "inputs" : "outputs"
  const index = side === "inputs" ? socket.index
    : portsOf(app).outputs.findIndex(port => port.name === socket.name)
  return [
    {title: t("menu.renamePort"), id: "rename", icon: "edit", run: async () => {
      const name = await app.ui.ask(t("menu.renamePort"), socket.name)
      if (name !== null) edit(app, renamePort(graph, where, side, index, name))
    }},
    {title: t("menu.demote"), id: "hide", icon: "trash", run: () => {
      edit(app, hideOps(app, side === "inputs" ? "in" : "out", index))
    }},
  ]
}
