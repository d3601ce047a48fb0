// @ts-check
/** The small list under the caret that offers words and embeddings while a prompt is written.
 * Knows a text area and what `complete.js` offers. */

/** @import {Api} from "../types.js" */
/** @import {Offer, Words} from "./complete.js" */
/** @import {Parts} from "./index.js" */
import {fill, freshId, h} from "../panels/dom.js"
import {offered} from "./complete.js"

export class OfferList {
  /** @type {Offer | null} */
  #offer = null
  #chosen = -1
  /** @type {string[]} */
  #embeddings = []
  #id = freshId()

  /** @param {HTMLTextAreaElement} area @param {HTMLElement} shade the same text in parts that can
   *   be measured @param {Pick<Parts, "t">} parts @param {Words} words @param {Api} api */
  constructor(area, shade, {t}, words, api) {
    this.area = area
    this.shade = shade
    this.words = words
    const named = {role: "listbox", id: this.#id, "aria-label": t("widget.offers")}
    this.element = h("div", {class: "widget-offers", hidden: true, ...named,
      onpointerdown: (/** @type {PointerEvent} */ event) => event.preventDefault()})
    area.setAttribute("aria-autocomplete", "list")
    area.setAttribute("aria-controls", this.#id)
    api.get("/embeddings").then(names => { this.#embeddings = names }, () => {})
  }

  /** Something was written. @param {InputEvent} event */
  heard(event) {
    const {area, words} = this
    const wrote = event.inputType === "insertText" || event.inputType.startsWith("delete")
      || event.inputType === "insertCompositionText"
    const one = area.selectionStart === area.selectionEnd && wrote
    this.#offer = one ? offered(area.value, area.selectionStart, this.#embeddings,
      (start, most) => words.beginningWith(start, most)) : null
    this.#chosen = -1
    this.#show()
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list */
  pressed(event) {
    if (!this.#offer || event.isComposing) return false
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    const {items} = this.#offer, {key} = event
    if (key === "ArrowDown") this.#choose((this.#chosen + 1) % items.length)
    else if (key === "ArrowUp" && this.#chosen >= 0) this.#choose(this.#chosen - 1)
    else if (key === "Escape") this.close()
    else if (key === "Tab" && !event.shiftKey) this.#take(Math.max(0, this.#chosen))
    else if (key === "Enter" && this.#chosen >= 0) this.#take(this.#chosen)
    else return false
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  close() {
    this.#offer = null
    this.#show()
  }

  /** @param {number} index */
  #take(index) {
    if (!this.#offer) return
    const {from, to, items} = this.#offer
    insert(this.area, from, to, items[index].put)
    this.close()
  }

  /** @param {number} index */
  #choose(index) {
    this.#chosen = index
    this.#show()
  }

  #show() {
    const items = this.#offer?.items ?? []
    this.element.hidden = !items.length
    fill(this.element, items.map((item, index) => h("div", {
      class: "widget-offer", role: "option", id: `${this.#id}-${index}`,
      "aria-selected": index === this.#chosen, onclick: () => this.#take(index),
    }, item.embedding && h("span", {class: "widget-faint"}, "embedding:"), item.title)))
    const active = this.#chosen < 0 ? "" : `${this.#id}-${this.#chosen}`
    this.area.setAttribute("aria-activedescendant", active)
    this.area.setAttribute("aria-expanded", String(items.length > 0))
    if (this.#offer) this.#put(this.#offer.from)
  }

  /** Stand under the place in the text that would be replaced.
   * @param {number} at */
  #put(at) {
    const box = boxAt(this.shade, at), {style, offsetWidth, offsetHeight} = this.element
    const under = box.bottom + 4
    const top = under + offsetHeight > window.innerHeight ? box.top - offsetHeight - 4 : under
    style.left = `${Math.max(4, Math.min(box.left, window.innerWidth - offsetWidth - 4))}px`
    style.top = `${top}px`
    style.bottom = ""
  }
}

/** Where a letter stands on the page.
 * @param {HTMLElement} shade @param {number} at @returns {DOMRect} */
function boxAt(shade, at) {
  const walker = document.createTreeWalker(shade, NodeFilter.SHOW_TEXT)
  let left = at
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0
    if (left >= length) left -= length
    else {
      const range = document.createRange()
      range.setStart(node, left)
      range.setEnd(node, left + 1)
      return range.getBoundingClientRect()
    }
  }
  return shade.getBoundingClientRect()
}

/** Put text in place of a part, so that the browser's own undo takes it back.
 * @param {HTMLTextAreaElement} area @param {number} from @param {number} to @param {string} put */
export function insert(area, from, to, put) {
  area.focus()
  area.setSelectionRange(from, to)
  const done = document.execCommand(put ? "insertText" : "delete", false, put)
  if (done) return
  area.setRangeText(put, from, to, "end")
  area.dispatchEvent(new InputEvent("input", {bubbles: true, inputType: "insertReplacementText"}))
}
