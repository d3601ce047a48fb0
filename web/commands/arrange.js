// @ts-check
/** Commands that bring things in order on the canvas. */
/** @import {App, Box, Command, Key, Point} from "../types.js" */
/** @import {Side} from "../document/arrange.js" */

import {align, arranged, distribute} from "../document/arrange.js"
import {splitKey} from "../document/paths.js"
import {edit} from "../tools/edit.js"

/** @type {[string, Side][]} */
const SIDES = [["Left", "left"], ["Centre", "centre"], ["Right", "right"], ["Top", "top"],
  ["Middle", "middle"], ["Bottom", "bottom"]]

/** @returns {Command[]} */
export function arrangeCommands() {
  const group = "graph"
  return [
    ...SIDES.map(([name, side]) => aligning(`graph.align${name}`, side)),
    spacing("graph.distributeAcross", "across"),
    spacing("graph.distributeDown", "down"),
    {id: "graph.arrange", group, when: app => app.scene.nodes.size > 0, run: app => {
      const {nodes = {}, groups = {}, notes = {}} = app.scene.canvas
      const keys = Object.entries({nodes, groups, notes})
        .flatMap(([kind, all]) => Object.keys(all).map(id => `${kind}/${id}`))
      arrange(app, boxesOf(app, keys))
    }},
    {id: "graph.arrangeChosen", group, when: several, run: app => {
      arrange(app, chosenBoxes(app))
    }},
  ]
}

/** @param {App} app @param {Map<Key, Box>} boxes */
function arrange(app, boxes) {
  const {links, canvas, where} = app.scene
  /** @type {Map<string, [Point, Point]>} */
  const bent = new Map()
  for (const {input} of Object.values(canvas.reroutes ?? {})) {
    const points = links.get(input)?.points
    if (points) bent.set(input, [points[0], points[points.length - 1]])
  }
  edit(app, arranged(app.store.graph, where, boxes, bent))
}

/** @param {string} id @param {Side} side @returns {Command} */
function aligning(id, side) {
  return {id, group: "graph", when: several, run: app => {
    edit(app, align(app.scene.where, chosenBoxes(app), side))
  }}
}

/** @param {string} id @param {"across" | "down"} way @returns {Command} */
function spacing(id, way) {
  return {id, group: "graph", when: app => chosenBoxes(app).size > 2, run: app => {
    edit(app, distribute(app.scene.where, chosenBoxes(app), way))
  }}
}

/** @param {App} app @returns {boolean} */
function several(app) {
  return chosenBoxes(app).size > 1
}

/** @param {App} app @returns {Map<Key, Box>} */
function chosenBoxes(app) {
  return boxesOf(app, app.session.selection)
}

/** Boxes of things that may be moved.
 * @param {App} app @param {Iterable<Key>} keys @returns {Map<Key, Box>} */
function boxesOf(app, keys) {
  /** @type {Map<Key, Box>} */
  const boxes = new Map()
  for (const key of keys) {
    const [kind, id] = splitKey(key)
    const box = app.scene.around([key])
    const pinned = kind === "nodes" && app.scene.nodes.get(id)?.node.look?.pinned
    if (box && !pinned && kind !== "reroutes") boxes.set(key, box)
  }
  return boxes
}
