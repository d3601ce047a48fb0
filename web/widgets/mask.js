// @ts-check
/** The mask painter: a window over the whole page with a picture, brushes, and what takes strokes
 * back. Loads a picture of the inputs and stores it again with its mask, as ComfyUI's does. */

/** @import {Api, App, Translate} from "../types.js" */
/** @import {Choices, Tool} from "./mask_stage.js" */
import {h} from "../panels/dom.js"
import {icon} from "../icons/icons.js"
import {MaskLayer} from "./mask_layer.js"
import {loaded, stored} from "./mask_file.js"
import {MaskStage} from "./mask_stage.js"

/** @typedef {{host: HTMLElement, t: Translate, api: Api,
 *   confirm: (question: string, yes: string) => Promise<boolean>,
 *   failed: (sentence: string) => void}} MaskParts */
/** @typedef {{tool: Tool, icon: string, key: string}} ToolButton */

const TINTS = ["#ff6a3d", "#ffffff", "#2b7fd0", "#000000"]
/** @type {ToolButton[]} */
const TOOLS = [
  {tool: "brush", icon: "brush", key: "B"},
  {tool: "eraser", icon: "eraser", key: "E"},
  {tool: "fill", icon: "bucket", key: "G"},
]

/** @param {Pick<App, "t" | "api" | "ui">} app @param {HTMLElement} host
 * @returns {Pick<App["ui"], "paintMask">} `done` gets the value that names the masked picture */
export function maskPainter(app, host) {
  const {t, api} = app
  /** @type {MaskParts} */
  const parts = {
    host, t, api,
    confirm: (question, yes) => app.ui.confirm(question, yes),
    failed: words => app.ui.toast(words, "bad"),
  }
  return {paintMask: (value, done) => void begin(parts, value, done)}
}

/** @param {MaskParts} parts @param {string} value @param {(name: string) => void} done */
async function begin(parts, value, done) {
  try {
    const {picture, layer} = await loaded(parts.api, value)
    new Painter(parts, value, picture, layer, done).open()
  } catch (error) {
    parts.failed(parts.t("mask.unread", {why: sentence(error)}))
  }
}

/** @param {unknown} error @returns {string} */
function sentence(error) {
  return error instanceof Error ? error.message : String(error)
}

class Painter {
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map()
  #saving = false

  /** @param {MaskParts} parts @param {string} value @param {HTMLImageElement} picture
   * @param {MaskLayer} layer @param {(name: string) => void} done */
  constructor(parts, value, picture, layer, done) {
    this.parts = parts
    this.value = value
    this.layer = layer
    this.done = done
    const size = Math.round(Math.min(300, Math.max(8, Math.min(layer.size.w, layer.size.h) / 10)))
    /** @type {Choices} */
    this.choices = {brush: {size, hardness: 0.8, opacity: 1}, tool: "brush", tint: TINTS[0]}
    this.percent = h("span", {class: "mask-zoom"})
    this.stage = new MaskStage(picture, layer, this.choices, {
      label: parts.t("mask.canvas"), changed: () => this.#told(),
      zoomed: zoom => { this.percent.textContent = `${Math.round(zoom * 100)} %` },
    })
    this.sliders = new Map(["size", "hardness", "opacity"].map(name => [name, this.#slider(name)]))
    this.element = this.#window()
  }

  open() {
    this.parts.host.append(this.element)
    this.element.showModal()
    this.stage.fit()
    this.stage.canvas.focus()
    this.#told()
  }

  #window() {
    const {t} = this.parts
    return h("dialog", {class: "mask", "aria-label": t("mask.title"),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onkeyup: (/** @type {KeyboardEvent} */ event) => this.#keyUp(event),
      oncancel: (/** @type {Event} */ event) => {
        event.preventDefault()
        this.#leave()
      }},
    h("header", {class: "mask-top"},
      h("h2", {class: "mask-title"}, t("mask.title")),
      h("div", {class: "mask-tools", role: "toolbar", "aria-label": t("mask.title")},
        this.#tools()),
      h("div", {class: "mask-ends"},
        this.#button("cancel", "", t("mask.cancel"), () => this.#leave(), "button"),
        this.#button("save", "", t("mask.save"), () => this.#save(), "button primary"))),
    this.stage.element,
    h("footer", {class: "mask-foot"}, [...this.sliders.values()].map(({element}) => element),
      h("span", {class: "mask-help"}, t("mask.help")), this.percent))
  }

  /** @returns {HTMLElement[]} */
  #tools() {
    const {t} = this.parts, rule = () => h("span", {class: "mask-rule"})
    /** @param {string} name @param {string} drawn @param {string} keys @param {() => void} run */
    const act = (name, drawn, keys, run) =>
      this.#button(name, drawn, `${t(`mask.${name}`)} ${keys}`, run)
    return [
      ...TOOLS.map(({tool, icon: drawn, key}) => act(tool, drawn, key, () => this.#take(tool))),
      rule(),
      act("undo", "undo", "Ctrl+Z", () => this.#undo()),
      act("redo", "redo", "Ctrl+Y", () => this.#redo()),
      rule(),
      act("invert", "invert", "I", () => this.#all(value => 255 - value)),
      act("all", "square", "A", () => this.#all(() => 255)),
      act("clear", "trash", "Del", () => this.#all(() => 0)),
      rule(),
      act("fit", "fit", "0", () => this.stage.fit()),
      this.#tintButton(),
    ]
  }

  /** @param {string} name @param {string} drawn @param {string} title @param {() => void} run
   * @param {string} [kind] @returns {HTMLButtonElement} */
  #button(name, drawn, title, run, kind = "button only") {
    const made = h("button", {type: "button", class: kind, onclick: run,
      title: drawn ? title : null, "aria-label": drawn ? title : null}, drawn ? icon(drawn) : title)
    this.#buttons.set(name, made)
    return made
  }

  #tintButton() {
    const name = this.parts.t("mask.tint"), {choices} = this
    const swatch = h("span", {class: "mask-tint", style: {background: choices.tint}})
    return h("button", {type: "button", class: "button only", title: name, "aria-label": name,
      onclick: () => {
        choices.tint = TINTS[(TINTS.indexOf(choices.tint) + 1) % TINTS.length]
        swatch.style.background = choices.tint
        this.stage.draw()
      }}, swatch)
  }

  /** @param {string} name "size", "hardness" or "opacity" */
  #slider(name) {
    const {brush} = this.choices, isSize = name === "size"
    const key = /** @type {keyof typeof brush} */ (name)
    const most = isSize ? Math.max(50, Math.min(1000, this.layer.size.w, this.layer.size.h)) : 100
    const shown = h("output", {class: "mask-value"})
    const field = h("input", {type: "range", class: "mask-range", min: isSize ? 1 : 0, max: most,
      step: 1, "aria-label": this.parts.t(`mask.${name}`), oninput: () => {
        brush[key] = isSize ? Number(field.value) : Number(field.value) / 100
        show()
      }})
    const show = () => {
      field.value = String(isSize ? brush[key] : Math.round(brush[key] * 100))
      shown.textContent = isSize ? `${brush[key]} px` : `${field.value} %`
      this.stage.draw()
    }
    show()
    const named = h("span", null, this.parts.t(`mask.${name}`))
    const element = h("label", {class: "mask-slider"}, named, field, shown)
    return {element, show, most}
  }

  /** @param {Tool} tool */
  #take(tool) {
    this.choices.tool = tool
    this.#told()
    this.stage.draw()
  }

  #told() {
    for (const {tool} of TOOLS) {
      this.#buttons.get(tool)?.setAttribute("aria-pressed", String(tool === this.choices.tool))
    }
    this.#enable("undo", this.layer.canUndo)
    this.#enable("redo", this.layer.canRedo)
    this.#enable("save", !this.#saving)
  }

  /** @param {string} name @param {boolean} able */
  #enable(name, able) {
    const button = this.#buttons.get(name)
    if (!button) return
    if (!able && button === document.activeElement) this.stage.canvas.focus()
    button.disabled = !able
  }

  #undo() {
    this.layer.undo()
    this.#changed()
  }

  #redo() {
    this.layer.redo()
    this.#changed()
  }

  /** @param {(value: number) => number} change */
  #all(change) {
    this.layer.all(change)
    this.#changed()
  }

  #changed() {
    this.#told()
    this.stage.draw()
  }

  /** @param {number} factor of the brush's size */
  #grow(factor) {
    const {brush} = this.choices, slider = this.sliders.get("size")
    const grown = factor > 1 ? Math.ceil(brush.size * factor) : Math.floor(brush.size * factor)
    brush.size = Math.max(1, Math.min(slider?.most ?? 1000, grown))
    slider?.show()
  }

  /** @param {number} more */
  #harden(more) {
    const {brush} = this.choices
    brush.hardness = Math.max(0, Math.min(1, Math.round((brush.hardness + more) * 100) / 100))
    this.sliders.get("hardness")?.show()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    event.stopPropagation()
    const command = event.ctrlKey || event.metaKey
    const run = command ? this.#withCtrl(event) : this.#plain(event)
    if (!run) return
    event.preventDefault()
    run()
  }

  /** @param {KeyboardEvent} event @returns {(() => void) | undefined} */
  #withCtrl({key, shiftKey}) {
    /** @type {Record<string, () => void>} */
    const ways = {
      z: () => (shiftKey ? this.#redo() : this.#undo()), y: () => this.#redo(),
      s: () => this.#save(), enter: () => this.#save(),
    }
    return ways[key.toLowerCase()]
  }

  /** @param {KeyboardEvent} event @returns {(() => void) | undefined} */
  #plain({key, shiftKey, target}) {
    const onCanvas = target === this.stage.canvas, step = shiftKey ? 1 : 12
    /** @type {Record<string, () => void>} */
    const ways = {
      b: () => this.#take("brush"), e: () => this.#take("eraser"), g: () => this.#take("fill"),
      i: () => this.#all(value => 255 - value), a: () => this.#all(() => 255),
      delete: () => this.#all(() => 0), backspace: () => this.#all(() => 0),
      "[": () => this.#grow(1 / 1.15), "]": () => this.#grow(1.15),
      "{": () => this.#harden(-0.1), "}": () => this.#harden(0.1),
      0: () => this.stage.fit(), "+": () => this.stage.zoom(1.25), "=": () => this.stage.zoom(1.25),
      "-": () => this.stage.zoom(0.8),
      ...onCanvas && {
        enter: () => this.stage.dab(), " ": () => { this.stage.panning = true },
        arrowleft: () => this.stage.nudge(-step, 0), arrowright: () => this.stage.nudge(step, 0),
        arrowup: () => this.stage.nudge(0, -step), arrowdown: () => this.stage.nudge(0, step),
      },
    }
    return ways[key.toLowerCase()]
  }

  /** @param {KeyboardEvent} event */
  #keyUp(event) {
    event.stopPropagation()
    if (event.key === " ") this.stage.panning = false
  }

  async #leave() {
    const {t, confirm} = this.parts
    if (this.layer.isChanged && !await confirm(t("mask.leave"), t("mask.leave.yes"))) return
    this.#close()
  }

  async #save() {
    if (this.#saving) return
    const {t, api, failed} = this.parts
    this.#saving = true
    this.#told()
    const button = this.#buttons.get("save")
    if (button) button.textContent = t("mask.saving")
    try {
      const name = await stored(api, this.value, this.layer)
      this.#close()
      this.done(name)
    } catch (error) {
      this.#saving = false
      if (button) button.textContent = t("mask.save")
      this.#told()
      failed(sentence(error))
    }
  }

  #close() {
    this.stage.close()
    this.element.close()
    this.element.remove()
  }
}
