// @ts-check
/** Links as a hand finds them: those at a socket, the other end of one, ops for links. */
/** @import {App, LinkPlace, Op, Scene, Socket, Subgraph} from "../types.js" */

import {connect, disconnect, fallbackOf} from "../document/changes.js"
import {canvasOf, pathOf} from "../document/paths.js"
import {inputOf, outputOf} from "../view/layout.js"

/** @param {Scene} scene @param {Socket} socket @returns {LinkPlace[]} */
export function linksAt(scene, socket) {
  return scene.linksOf(socket.node).filter(link => socket.side === "in"
    ? link.node === socket.node && link.input === socket.name
    : link.from[0] === socket.node && link.from[1] === socket.index)
}

/** The socket at the start or the end of a link. @param {Scene} scene @param {LinkPlace} link
 * @param {"start" | "end"} which @returns {Socket | null} */
export function socketAt(scene, link, which) {
  const [id, index] = link.from
  return which === "start"
    ? outputOf(scene.nodes.get(id), index) : inputOf(scene.nodes.get(link.node), link.input)
}

/** Ops that cut links. @param {App} app @param {LinkPlace[]} links @returns {Op[]} */
export function cutOps(app, links) {
  return together(app, links.flatMap(({node, input}) => {
    const {graph} = app.store
    const {where} = app.scene
    return disconnect(graph, where, node, input, fallbackOf(graph, where, node, input, app.specs))
  }))
}

/** Ops that make links. @param {App} app @param {[Socket, Socket][]} pairs  output and input
 * @returns {Op[]} */
export function linkOps(app, pairs) {
  const {graph} = app.store
  return together(app, pairs.flatMap(([output, input]) =>
    connect(graph, app.scene.where, [output.node, output.index], input.node, input.name)))
}

/** Whether a link goes from one to the other already. @param {Scene} scene @param {Socket} output
 * @param {Socket} input @returns {boolean} */
export function isLinked(scene, output, input) {
  return linksAt(scene, input).some(({from}) => from[0] === output.node && from[1] === output.index)
}

/** What a subgraph gives is one value: ops that each change another of its ports become one.
 * @param {App} app @param {Op[]} ops @returns {Op[]} */
export function together(app, ops) {
  const {where} = app.scene
  const path = pathOf(...where, "outputs")
  const sets = ops.filter(op => op.path === path)
  if (sets.length < 2) return ops
  const {outputs} = /** @type {Subgraph} */ (canvasOf(app.store.graph, where))
  const value = outputs.map((port, i) =>
    sets.map(op => op.value[i]).findLast(one => one !== port) ?? port)
  return [...ops.filter(op => op.path !== path), {op: "set", path, value}]
}
