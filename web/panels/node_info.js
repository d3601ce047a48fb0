// @ts-check
/** All about a node type: what it is for, its sockets and widgets, where it comes from. */

/** @import {App, InputSpec, NodeSpec, OutputSpec} from "../types.js" */
/** @import {NodeDocs} from "./docs.js" */

import {inputLabel, outputLabel, typeTitle} from "../texts/index.js"
import {categoryOf} from "./add_node.js"
import {addAtMiddle} from "./adding.js"
import {wordButton} from "./buttons.js"
import {fill, h} from "./dom.js"
import {nodeCard, ring, textOf} from "./node_card.js"
import {Stops} from "./stops.js"

export class NodeInfo {
  #stops = new Stops()
  #shown = ""

  /** @param {App} app @param {NodeDocs} docs */
  constructor(app, docs) {
    this.app = app
    this.docs = docs
    this.element = h("div", {class: "info"})
  }

  opened() {
    this.#shown = ""
    this.draw()
    this.#stops.add(this.app.session.on(names => {
      if (names.has("selection")) this.draw()
    }))
  }

  closed() {
    this.#stops.end()
  }

  end() {
    this.#stops.end()
  }

  draw() {
    const {session, scene, t} = this.app
    const keys = [...session.selection].filter(key => key.startsWith("nodes/"))
    const spec = scene.nodes.get(keys.at(-1)?.slice("nodes/".length) ?? "")?.spec
    if (spec) this.show(spec)
    else if (!this.#shown) fill(this.element, [h("p", {class: "none"}, t("info.none"))])
  }

  /** @param {NodeSpec} spec */
  show(spec) {
    if (this.#shown === spec.name) return
    this.#shown = spec.name
    fill(this.element, infoOf(this.app, this.docs, spec))
    this.element.scrollTop = 0
  }
}

/** @param {App} app @param {NodeDocs} docs @param {NodeSpec} spec @returns {HTMLElement[]} */
export function infoOf(app, docs, spec) {
  const {t} = app
  const text = docs.description(spec)
  const prose = h("div", {class: "prose"}, text)
  if (text) docs.show(prose, text).catch(() => {})
  const facts = [spec.name, categoryOf(app, spec), spec.pack].filter(Boolean)
  return [
    h("h3", {class: "info-title"}, typeTitle(t, spec)),
    h("p", {class: "info-facts"}, facts.map(fact => h("span", {class: "chip"}, fact)),
      spec.deprecated ? h("span", {class: "chip bad"}, t("info.deprecated")) : null,
      spec.known ? null : h("span", {class: "chip bad"}, t("info.unknown"))),
    prose, nodeCard(spec, t),
    ...part(t("info.inputs"), spec.inputs.map(input =>
      entry(inputLabel(t, spec.name, input.name), ring(input.type, input.optional, input.list),
        inputFacts(app, input, inputLabel(t, spec.name, input.name)),
        docs.inputTip(spec, input.name)))),
    ...part(t("info.outputs"), spec.outputs.map((output, index) =>
      entry(outputLabel(t, output.name), ring(output.type, false, output.list),
        outputFacts(app, output), docs.outputTip(spec, index)))),
    spec.known ? wordButton(t("info.add"), () => addAtMiddle(app, spec.name), {drawn: "add"})
      : h("p", {class: "muted"}, t("info.unknown.more")),
  ]
}

/** @param {string} title @param {HTMLElement[]} entries @returns {HTMLElement[]} */
function part(title, entries) {
  if (!entries.length) return []
  return [h("h4", {class: "section-head"}, title), h("dl", {class: "entries"}, entries)]
}

/** @param {string} name @param {HTMLElement} mark @param {string} facts @param {string} text */
function entry(name, mark, facts, text) {
  return h("div", {class: "entry"},
    h("dt", null, mark, h("span", null, name), h("span", {class: "faint cut"}, facts)),
    text ? h("dd", {class: "muted"}, text) : null)
}

/** @param {App} app @param {InputSpec} input @param {string} label @returns {string} */
function inputFacts({t}, {name, type, optional, min, max, fallback, options}, label) {
  const range = min !== undefined && max !== undefined
    ? t("info.range", {min: String(min), max: String(max)}) : ""
  const first = fallback !== undefined && fallback !== "" && fallback !== null
    ? t("info.default", {value: textOf(fallback)}) : ""
  const many = options ? t("info.choices", {n: options.length}) : ""
  const facts = [name === label ? "" : name, options ? "" : type,
    optional ? t("info.optional") : "", many, range, first]
  return facts.filter(Boolean).join(" · ")
}

/** @param {App} app @param {OutputSpec} output @returns {string} */
function outputFacts({t}, {name, type, list}) {
  const own = name === type || name === outputLabel(t, name) ? "" : name
  return [own, type, list ? t("info.list") : ""].filter(Boolean).join(" · ")
}
