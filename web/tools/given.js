// @ts-check
/** What is done with things that come from elsewhere, dropped or pasted: workflows, pictures,
 * words, node types. Knows no events. */
/** @import {App, Graph, GraphNode, Json, NodePlace, Picture, Point} from "../types.js" */

import {arrange} from "../document/arrange.js"
import {addNode, addNote} from "../document/changes.js"
import {graphOf, pasted} from "../document/clipboard.js"
import {nodesIn} from "../document/paths.js"
import {edit, editAndSelect} from "./edit.js"
import {pointed} from "./pointed.js"
import {setInput} from "./widget_hand.js"
import {GRID, HEADER} from "../view/metrics.js"

/** What others do for it. parse: throws where a text is no JSON; open: show a file as a document,
 * and say what went wrong.
 * @typedef {{parse: (text: string) => Json,
 *   open: (app: App, file: Blob, name: string) => Promise<void>}} Ways */

const USUAL = {w: 270, h: 240} // of a node that has not been laid out yet
const NOTE = {w: 12 * GRID, h: 6 * GRID}

export class Given {
  /** @param {App} app @param {Ways} ways */
  constructor(app, ways) {
    this.app = app
    this.ways = ways
  }

  /** A text: nodes of a workflow of any form come to the pointer, words into the prompt that is
   * selected, else into a note. @param {string} text @param {boolean} linked */
  async text(text, linked) {
    if (!text.trim()) return
    const value = this.#json(text)
    const graph = graphOf(value) ?? (isObject(value) ? await this.#converted(text) : null)
    if (graph) this.#nodes(graph, linked)
    else if (value === undefined) this.#words(text)
  }

  /** Files that were pasted or dropped. A picture goes into the node under it; else, if it carries
   * a workflow, that is opened, and a picture without one becomes a node.
   * @param {File[]} files @param {Point} point
   * @param {boolean} [dropped]  pasted pictures are pictures */
  async files(files, point, dropped = false) {
    let at = point
    for (const file of files) {
      if (!file.type.startsWith("image/")) await this.ways.open(this.app, file, file.name)
      else await this.#picture(file, at, dropped)
      at = {x: at.x + GRID, y: at.y + GRID}
    }
  }

  /** A picture of this server. @param {Picture} picture @param {Point} point */
  async shown(picture, point) {
    await this.#trying(async () => {
      const answer = await fetch(this.app.api.view(picture))
      if (!answer.ok) throw new Error(this.app.t("tools.gone", {name: picture.filename}))
      const blob = await answer.blob()
      await this.#picture(new File([blob], picture.filename, {type: blob.type}), point, true)
    })
  }

  /** A node type. @param {string} type @param {Point} point */
  node(type, point) {
    const {store, scene, specs} = this.app
    const spec = specs.of({class_type: type}, store.graph)
    const place = whole({x: point.x - 2 * GRID, y: point.y - HEADER / 2})
    const {id, ops} = addNode(store.graph, scene.where, spec, place)
    editAndSelect(this.app, ops, [`nodes/${id}`])
  }

  /** @param {File} file @param {Point} point @param {boolean} dropped */
  async #picture(file, point, dropped) {
    const into = pictureNode(this.app, point, dropped)
    if (!into && dropped && await this.#carries(file)) {
      return this.ways.open(this.app, file, file.name)
    }
    await this.#trying(async () => {
      const {filename, subfolder} = await this.app.api.upload(file, file.name || "pasted.png",
        dropped ? {} : {subfolder: "pasted"})
      const name = subfolder ? `${subfolder}/${filename}` : filename
      if (into) edit(this.app, [setInput(this.app.scene.where, into.node, into.input, name)])
      else this.#pictureNode(name, point)
    })
  }

  /** Whether a picture carries a workflow. @param {File} file @returns {Promise<boolean>} */
  async #carries(file) {
    return this.app.api.convert(file, "easel").then(() => true, () => false)
  }

  /** @param {string} name @param {Point} point */
  #pictureNode(name, point) {
    const {store, scene, specs} = this.app
    const spec = specs.all().find(one => one.outputs[0]?.type === "IMAGE"
      && one.inputs.some(input => input.widget === "picture"))
    const input = spec?.inputs.find(one => one.widget === "picture")
    if (!spec || !input) return
    const {id, ops} = addNode(store.graph, scene.where, spec, whole(point))
    /** @type {GraphNode} */
    const node = ops[0].value
    node.inputs = {...node.inputs, [input.name]: name}
    editAndSelect(this.app, ops, [`nodes/${id}`])
  }

  /** @param {Graph} graph @param {boolean} links */
  #nodes(graph, links) {
    const {store, scene} = this.app
    const at = whole(pointed(this.app))
    const {ops, keys} = pasted(store.graph, scene.where, laidOut(graph), {at, links})
    editAndSelect(this.app, ops, keys)
  }

  /** Words go to the text of the node that alone is selected. @param {string} text */
  #words(text) {
    const {store, scene, session} = this.app
    const ids = nodesIn(session.selection)
    const widget = ids.length === 1 ? textOf(scene.nodes.get(ids[0])) : undefined
    if (widget) return edit(this.app, [setInput(scene.where, ids[0], widget, text)])
    const [x, y] = whole(pointed(this.app))
    const {id, ops} = addNote(store.graph, scene.where, {x, y, ...NOTE}, text)
    editAndSelect(this.app, ops, [`notes/${id}`])
  }

  /** @param {string} text @returns {Json} undefined if it is no JSON */
  #json(text) {
    try {
      return this.ways.parse(text)
    } catch {
      return undefined
    }
  }

  /** @param {string} text @returns {Promise<Graph | null>} */
  async #converted(text) {
    try {
      return (await this.app.api.convert(text, "easel")).workflow
    } catch (error) {
      this.app.ui.toast(/** @type {Error} */ (error).message, "bad")
      return null
    }
  }

  /** @param {() => Promise<void>} work */
  async #trying(work) {
    try {
      await work()
    } catch (error) {
      this.app.ui.toast(/** @type {Error} */ (error).message, "bad")
    }
  }
}

/** The node that a picture goes into: the one it is dropped on; pasted, the one that is selected.
 * @param {App} app @param {Point} point @param {boolean} dropped
 * @returns {{node: string, input: string} | null} */
function pictureNode(app, point, dropped) {
  const hit = app.scene.at(point, app.session.camera.zoom)
  const chosen = nodesIn(app.session.selection)
  const under = "node" in hit ? hit.node : null
  const node = dropped ? under : chosen.length === 1 ? chosen[0] : null
  if (node === null) return null
  const input = app.scene.nodes.get(node)?.spec.inputs.find(one => one.widget === "picture")?.name
  return input === undefined ? null : {node, input}
}

/** @param {NodePlace | undefined} place @returns {string | undefined} */
function textOf(place) {
  return place?.widgets.find(({input, linked}) => input.widget === "text" && !linked)?.name
}

/** A workflow whose nodes have no places gets some.
 * @param {Graph} graph @returns {Graph} */
function laidOut(graph) {
  const nodes = Object.entries(graph.nodes ?? {})
  if (nodes.some(([, node]) => node.look?.place)) return graph
  const places = arrange(graph, new Map(nodes.map(([id]) => [id, USUAL])))
  const placed = nodes.map(([id, node]) =>
    [id, {...node, look: {...node.look, place: places.get(id)}}])
  return {...graph, nodes: Object.fromEntries(placed)}
}

/** @param {Point} point @returns {[number, number]} */
function whole({x, y}) {
  return [Math.round(x), Math.round(y)]
}

/** @param {Json} value @returns {boolean} */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
