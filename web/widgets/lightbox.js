// @ts-check
/** Pictures large: one after the other, zoomed and moved, with what can be done with them; and two
 * compared by a slider. Knows how a picture is seen; what is done with one is handed in. */

/** @import {Api, App, Picture, Translate} from "../types.js" */
import {fill, h} from "../panels/dom.js"
import {icon} from "../icons/icons.js"
import {PictureStage} from "./picture_stage.js"

/** use: make it an input; workflow: open what made it; compare: beside another.
 * @typedef {{host: HTMLElement, t: Translate, api: Api, use: (picture: Picture) => void,
 *   workflow: (picture: Picture) => void}} LightboxParts */

/** @param {Pick<App, "t" | "api">} app @param {HTMLElement} host
 * @param {Pick<LightboxParts, "use" | "workflow">} acts
 * @returns {{lightbox: (pictures: Picture[], index: number) => void,
 *   compare: (one: Picture, other: Picture) => void}} */
export function lightboxes(app, host, acts) {
  const parts = {host, t: app.t, api: app.api, ...acts}
  return {
    lightbox: (pictures, index) => {
      if (pictures.length) new Lightbox(parts, pictures, index).open()
    },
    compare: (one, other) => new Comparison(parts, one, other).open(),
  }
}

/** A window over the whole page that gives the focus back when it closes. */
class Overlay {
  /** @param {LightboxParts} parts @param {string} name */
  constructor(parts, name) {
    this.parts = parts
    this.stage = new PictureStage(name)
    this.head = h("div", {class: "lightbox-head"})
    this.foot = h("footer", {class: "lightbox-foot"})
    this.element = h("dialog", {class: "lightbox", "aria-label": name,
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.pressed(event),
      onclose: () => this.closed()}, this.head, this.stage.element, this.foot)
    this.stage.element.addEventListener("click", event => {
      if (event.target === this.stage.element && !this.stage.hasMoved) this.close()
    })
  }

  open() {
    this.parts.host.append(this.element)
    this.show()
    this.element.showModal()
    this.stage.element.focus()
  }

  close() {
    this.element.close()
  }

  closed() {
    this.stage.close()
    this.element.remove()
  }

  show() {}

  /** @param {KeyboardEvent} event */
  pressed(event) {
    event.stopPropagation()
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const run = this.ways()[event.key]
    if (!run) return
    event.preventDefault()
    run()
  }

  /** What keys do. @returns {Record<string, () => void>} */
  ways() {
    const {stage} = this
    return {
      "+": () => stage.zoom(1.25), "=": () => stage.zoom(1.25), "-": () => stage.zoom(0.8),
      0: () => stage.fit(), 1: () => stage.actual(),
    }
  }

  /** @param {string} key of its text @param {string} drawn @param {() => void} run
   * @param {string} [kind] "only": without words @returns {HTMLButtonElement} */
  button(key, drawn, run, kind = "") {
    const name = this.parts.t(`lightbox.${key}`), bare = kind.includes("only")
    return h("button", {type: "button", class: `button ${kind}`, onclick: run,
      title: bare ? name : null, "aria-label": bare ? name : null},
    icon(drawn, 16), bare ? null : h("span", {class: "lightbox-word"}, name))
  }

  /** @param {string} name @returns {HTMLElement[]} */
  headOf(name) {
    return [h("span", {class: "lightbox-name cut"}, name),
      this.button("close", "close", () => this.close(), "only")]
  }
}

class Lightbox extends Overlay {
  /** @param {LightboxParts} parts @param {Picture[]} pictures @param {number} index */
  constructor(parts, pictures, index) {
    super(parts, parts.t("lightbox.title"))
    this.pictures = pictures
    this.index = Math.max(0, Math.min(pictures.length - 1, index))
    this.count = h("span", {class: "lightbox-count", "aria-live": "polite"})
    const many = pictures.length > 1
    this.sides = [["previous", "left", -1], ["next", "right", 1]].map(([key, drawn, step]) => {
      const go = () => this.go(Number(step))
      const made = this.button(String(key), String(drawn), go, `only lightbox-side ${key}`)
      made.hidden = !many
      return made
    })
    this.element.append(...this.sides)
  }

  get picture() {
    return this.pictures[this.index]
  }

  show() {
    const {picture, pictures, index, parts: {t, api}} = this
    fill(this.head, this.headOf(picture.filename))
    this.count.textContent = [
      pictures.length > 1 ? t("lightbox.count", {at: index + 1, all: pictures.length}) : "",
    ].join("")
    fill(this.foot, [this.count, h("span", {class: "lightbox-space"}), ...this.#acts()])
    this.stage.see([{src: api.view(picture), alt: picture.filename}], {
      shown: (w, tall) => this.#sized(w, tall), failed: () => t("lightbox.gone"),
    })
    this.#ahead()
  }

  /** @param {number} w @param {number} tall */
  #sized(w, tall) {
    this.count.textContent = [this.count.textContent, `${w} × ${tall}`].filter(Boolean).join(" · ")
  }

  /** Ask for the neighbours, so that arrows need not wait. */
  #ahead() {
    for (const step of [1, -1]) {
      const next = this.pictures[this.index + step]
      if (next) new Image().src = this.parts.api.view(next)
    }
  }

  #acts() {
    const {picture, parts, index, pictures} = this
    const other = pictures[index - 1] ?? pictures[index + 1]
    const closing = (/** @type {() => void} */ run) => () => {
      this.close()
      run()
    }
    const address = parts.api.view(picture), name = parts.t("lightbox.download")
    return [
      this.button("use", "picture", closing(() => parts.use(picture))),
      this.button("workflow", "out", closing(() => parts.workflow(picture))),
      other ? this.button("with", "compare",
        closing(() => new Comparison(parts, other, picture).open()), "only") : null,
      h("a", {class: "button only", href: address, download: picture.filename, title: name,
        "aria-label": name}, icon("download", 16)),
    ]
  }

  /** @param {number} step */
  go(step) {
    const {length} = this.pictures
    if (length < 2) return
    this.index = (this.index + step + length) % length
    this.show()
  }

  ways() {
    const {length} = this.pictures
    return {
      ...super.ways(),
      ArrowLeft: () => this.go(-1), ArrowRight: () => this.go(1),
      ArrowUp: () => this.go(-1), ArrowDown: () => this.go(1),
      Home: () => this.go(-this.index), End: () => this.go(length - 1 - this.index),
    }
  }
}

class Comparison extends Overlay {
  /** @param {LightboxParts} parts @param {Picture} one at the left @param {Picture} other */
  constructor(parts, one, other) {
    super(parts, parts.t("lightbox.compare"))
    this.both = [one, other]
    this.slider = h("input", {type: "range", class: "lightbox-slider", min: 0, max: 100, step: 0.5,
      value: 50, "aria-label": parts.t("lightbox.slider"),
      oninput: () => this.stage.split(Number(this.slider.value) / 100)})
    this.stage.onSplit = share => { this.slider.value = String(share * 100) }
  }

  /** @param {number} more percent of the first picture */
  #further(more) {
    this.slider.value = String(Number(this.slider.value) + more)
    this.stage.split(Number(this.slider.value) / 100)
  }

  ways() {
    return {
      ...super.ways(),
      ArrowLeft: () => this.#further(-2), ArrowRight: () => this.#further(2),
      Home: () => this.#further(-100), End: () => this.#further(100),
    }
  }

  show() {
    const {both: [one, other], parts: {t, api}} = this
    fill(this.head, this.headOf(t("lightbox.compare")))
    fill(this.foot, [h("span", {class: "lightbox-one cut"}, one.filename), this.slider,
      h("span", {class: "lightbox-other cut"}, other.filename)])
    const pictures = [one, other].map(picture => ({src: api.view(picture), alt: picture.filename}))
    this.stage.see(pictures, {shown: () => {}, failed: () => t("lightbox.gone")})
    this.stage.split(0.5)
  }
}
