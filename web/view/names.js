// @ts-check
/** The canvas for those who do not see it or have no mouse: one Tab stop, a list of named nodes, of
 * which only those near the current one are in the page. */
/** @import {Session, Translate} from "../types.js" */
/** @import {Placed} from "./layout.js" */
/** @import {CanvasScene} from "./scene.js" */

import {isBorder} from "./border.js"
import {touches} from "./boxes.js"
import {centred, seen} from "./camera.js"

/** Nodes in the page on either side of the current one. */
const BESIDE = 6

/** How far each key goes; Infinity: to the end.
 * @type {Object<string, number>} */
const STEPS = {
  ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10,
  Home: -Infinity, End: Infinity,
}

export class NodeNames {
  /** @type {Placed[] | null} in the order they are read, until the scene changes */
  #order = null
  /** @type {string | null} */
  #current = null
  /** @type {() => void} */
  #stop

  /** @param {HTMLElement} host
   * @param {{scene: CanvasScene, session: Session, t: Translate,
   *   open?: (id: string) => void}} parts  open: Enter on a node */
  constructor(host, {scene, session, t, open}) {
    this.scene = scene
    this.session = session
    this.t = t
    this.open = open
    this.list = document.createElement("div")
    this.list.className = "node-names"
    this.list.setAttribute("role", "listbox")
    this.list.tabIndex = 0
    this.list.addEventListener("keydown", (event) => this.#key(event))
    this.list.addEventListener("focus", () => this.#enter())
    host.append(this.list)
    this.#stop = () => {}
    this.show(scene)
  }

  /** @param {CanvasScene} scene */
  show(scene) {
    this.#stop()
    this.scene = scene
    this.#order = null
    this.#stop = scene.on(() => {
      this.#order = null
      if (document.activeElement === this.list) this.#write()
    })
    this.list.setAttribute("aria-label", this.t("view.nodes"))
  }

  dispose() {
    this.#stop()
    this.list.remove()
  }

  /** From left to right, as a graph is read, and down.
   * @returns {Placed[]} */
  #nodes() {
    this.#order ??= [...this.scene.nodes.values()].filter(({id}) => !isBorder(id))
      .sort((a, b) => a.box.x - b.box.x || a.box.y - b.box.y)
    return this.#order
  }

  #enter() {
    const [selected] = [...this.session.selection].filter((key) => key.startsWith("nodes/"))
    const id = selected?.slice(6) ?? this.#current
    const nodes = this.#nodes()
    const at = nodes.findIndex((node) => node.id === id)
    if (nodes.length) this.#go(Math.max(0, at))
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const step = STEPS[event.key]
    const at = this.#nodes().findIndex(({id}) => id === this.#current)
    if (step === undefined) {
      if (event.key !== "Enter" || at < 0 || !this.open) return
      this.open(this.#nodes()[at].id)
    } else {
      this.#go(at + step)
    }
    event.preventDefault()
    event.stopPropagation()
  }

  /** @param {number} index */
  #go(index) {
    const nodes = this.#nodes()
    const node = nodes[Math.min(nodes.length - 1, Math.max(0, index))]
    if (!node) return
    this.#current = node.id
    const {camera, screen} = this.session
    const {x, y, w, h} = node.box
    this.session.set({selection: new Set([`nodes/${node.id}`])})
    if (!touches({x: x + w / 2, y: y + h / 2, w: 0, h: 0}, seen(camera, screen))) {
      this.session.set({camera: centred(camera, {x: x + w / 2, y: y + h / 2}, screen)})
    }
    this.#write()
  }

  #write() {
    const nodes = this.#nodes()
    const at = Math.max(0, nodes.findIndex(({id}) => id === this.#current))
    const first = Math.max(0, at - BESIDE)
    const near = nodes.slice(first, at + BESIDE + 1)
    this.list.replaceChildren(
      ...near.map((node, i) => this.#option(node, first + i, nodes.length)),
    )
    if (nodes.length) this.list.setAttribute("aria-activedescendant", `name-${at}`)
    else this.list.removeAttribute("aria-activedescendant")
  }

  /** @param {Placed} node @param {number} index @param {number} count @returns {HTMLElement} */
  #option(node, index, count) {
    const option = document.createElement("div")
    option.id = `name-${index}`
    option.setAttribute("role", "option")
    option.setAttribute("aria-selected", String(node.id === this.#current))
    option.setAttribute("aria-posinset", String(index + 1))
    option.setAttribute("aria-setsize", String(count))
    option.textContent = nameOf(node, this.t)
    return option
  }
}

/** What is read of a node: its title, what is wrong or going on, its sentence.
 * @param {Placed} node @param {Translate} t @returns {string} */
export function nameOf({title, node, shown}, t) {
  const parts = [title]
  if (node.state === "muted") parts.push(t("view.muted"))
  if (node.state === "bypassed") parts.push(t("view.bypassed"))
  if (shown.run?.state === "running") parts.push(t("view.node.running"))
  if (shown.run?.state === "kept") parts.push(t("view.kept"))
  if (shown.fault) parts.push(t("view.node.failed"), shown.fault)
  else if (shown.problem) parts.push(t("view.node.problem"), shown.problem)
  return parts.join(", ")
}
