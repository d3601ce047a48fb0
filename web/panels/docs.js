// @ts-check
/** The documentation of node types, in the language of the page where there is a translation. */

/** @import {Api, Json, NodeSpec} from "../types.js" */

/** A node type's words, as `locales/LANGUAGE/nodeDefs.json` has them.
 * @typedef {{display_name?: string, description?: string,
 *   inputs?: Object<string, {name?: string, tooltip?: string}>,
 *   outputs?: Object<string, {name?: string, tooltip?: string}>}} Words */

export class NodeDocs {
  /** @type {Json} */
  #said = {}
  /** @type {Promise<void> | null} */
  #asked = null
  /** @type {Map<string, Promise<string>>} */
  #rendered = new Map()

  /** @param {Api} api @param {() => string} language */
  constructor(api, language) {
    this.api = api
    this.language = language
  }

  /** Fetch what is translated; without it the documentation is English. */
  load() {
    this.#asked ??= this.api.get("/i18n").then(said => { this.#said = said }, () => {
      this.#asked = null
    })
    return this.#asked
  }

  /** @param {string} name @returns {Words} */
  #words(name) {
    this.load()
    return this.#said?.[this.language()]?.nodeDefs?.[name] ?? {}
  }

  /** @param {NodeSpec} spec @returns {string} Markdown */
  description(spec) {
    return this.#words(spec.name).description || spec.description
  }

  /** @param {NodeSpec} spec @param {string} input @returns {string} */
  inputTip(spec, input) {
    return this.#words(spec.name).inputs?.[input]?.tooltip
      || (spec.inputs.find(one => one.name === input)?.tooltip ?? "")
  }

  /** @param {NodeSpec} spec @param {number} index @returns {string} */
  outputTip(spec, index) {
    return this.#words(spec.name).outputs?.[index]?.tooltip || (spec.outputs[index]?.tooltip ?? "")
  }

  /** Markdown as HTML, rendered on the server, where HTML inside it stays text.
   * @param {string} text @returns {Promise<string>} */
  html(text) {
    const known = this.#rendered.get(text)
    if (known) return known
    const asked = this.api.post("/markdown", {text}).then(said => String(said.html))
    this.#rendered.set(text, asked)
    asked.catch(() => this.#rendered.delete(text))
    return asked
  }

  /** Markdown shown in an element. What a picture is called stands where there is none: what it
   * names lies elsewhere. @param {HTMLElement} element @param {string} text */
  async show(element, text) {
    element.textContent = text
    element.innerHTML = await this.html(text)
    for (const image of element.querySelectorAll("img")) {
      const said = () => image.replaceWith(image.alt)
      if (image.complete && !image.naturalWidth) said()
      else image.addEventListener("error", said)
    }
  }
}
