// @ts-check
/** Notes: their text is set by the page, as elements in a layer that follows the camera, one for
 * each note that is seen. The HTML is the server's; what it holds is not known here. */
/** @import {Box, Camera, Note, SessionState} from "../types.js" */
/** @import {CanvasScene} from "./scene.js" */
/** @import {Hold} from "./lifted.js" */

import {touches} from "./boxes.js"
import {heldBox} from "./lifted.js"

/** Below this zoom a note is an empty sheet. */
const READABLE = 0.25

/** @typedef {{element: HTMLElement, text: string | null, style: string}} Sheet */

export class Notes {
  /** @type {Map<string, Sheet>} */
  #sheets = new Map()
  /** @type {Map<string, string>} text to HTML */
  #rendered = new Map()

  /** @param {HTMLElement} layer
   * @param {(text: string) => Promise<string>} render  Markdown to HTML */
  constructor(layer, render) {
    this.layer = layer
    this.render = render
  }

  /** Show the notes that a camera sees.
   * @param {CanvasScene} scene @param {SessionState} session @param {Box} view
   * @param {Map<string, Hold>} holds */
  update(scene, session, view, holds) {
    const {camera} = session
    this.layer.style.transform = transformOf(camera)
    /** @type {Set<string>} */
    const seen = new Set()
    for (const [id, note] of Object.entries(scene.canvas.notes ?? {})) {
      const key = `notes/${id}`
      const own = scene.boxOf(key)
      const box = own && heldBox(own, holds.get(key))
      if (!box || !touches(box, view)) continue
      seen.add(id)
      this.#place(id, note, box, {
        selected: session.selection.has(key), readable: camera.zoom >= READABLE, zoom: camera.zoom,
      })
    }
    for (const [id, {element}] of this.#sheets) {
      if (seen.has(id)) continue
      element.remove()
      this.#sheets.delete(id)
    }
  }

  /** @param {string} id @param {Note} note @param {Box} box
   * @param {{selected: boolean, readable: boolean, zoom: number}} marks */
  #place(id, note, box, marks) {
    let sheet = this.#sheets.get(id)
    if (!sheet) {
      const element = document.createElement("div")
      element.className = "note"
      element.append(document.createElement("div"))
      this.layer.append(element)
      this.#sheets.set(id, sheet = {element, text: null, style: ""})
    }
    const style = `left:${box.x}px;top:${box.y}px;width:${box.w}px;height:${box.h}px;`
      + `--hair:${1 / marks.zoom}px;${note.colour ? `--note:${note.colour};` : ""}`
    if (style !== sheet.style) sheet.element.style.cssText = sheet.style = style
    sheet.element.classList.toggle("selected", marks.selected)
    sheet.element.classList.toggle("far", !marks.readable)
    if (sheet.text !== note.text) this.#write(sheet, note.text)
  }

  /** @param {Sheet} sheet @param {string} text */
  async #write(sheet, text) {
    sheet.text = text
    const inner = /** @type {HTMLElement} */ (sheet.element.firstElementChild)
    const had = this.#rendered.get(text)
    if (had === undefined) inner.textContent = text
    const html = had ?? await this.render(text).catch(() => null)
    if (html === null || sheet.text !== text) return
    if (this.#rendered.size > 200) this.#rendered.clear()
    this.#rendered.set(text, html)
    inner.innerHTML = html
  }
}

/** @param {Camera} camera @returns {string} */
function transformOf({x, y, zoom}) {
  const dpr = devicePixelRatio || 1
  const left = Math.round(-x * zoom * dpr) / dpr
  const top = Math.round(-y * zoom * dpr) / dpr
  return `translate(${left}px, ${top}px) scale(${zoom})`
}
