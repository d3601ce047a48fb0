// @ts-check
/** Menus: of buttons and of the canvas, with the keyboard as menus have it. Knows no commands. */

/** @import {MenuItem} from "../types.js" */
/** @typedef {{close: (back?: boolean) => void}} Opened */

import {icon} from "../icons/icons.js"
import {fill, h} from "./dom.js"
import {float, place} from "./floating.js"
import {keysShown} from "./keys_shown.js"

/** @param {HTMLElement} host @param {{x: number, y: number}} at screen pixels
 * @param {MenuItem[]} items
 * @param {{label: string, owner?: Element | null, closed?: () => void}} told
 * @returns {Opened} */
export function openMenu(host, at, items, {label, owner = null, closed}) {
  const menu = new Menu(host, items, label, () => close())
  const close = float(host, menu.element, {owner, closed: () => {
    menu.shut()
    closed?.()
  }})
  place(menu.element, at)
  menu.focus(0)
  return {close}
}

/** A menu under a button. @param {HTMLElement} host @param {HTMLElement} button
 * @param {MenuItem[]} items @param {string} label @returns {Opened} */
export function menuUnder(host, button, items, label) {
  const {left, right, bottom} = button.getBoundingClientRect()
  button.setAttribute("aria-expanded", "true")
  const closed = () => button.setAttribute("aria-expanded", "false")
  const opened = openMenu(host, {x: left, y: bottom + 4}, items, {label, owner: button, closed})
  const menu = /** @type {HTMLElement | null} */ (host.lastElementChild)
  if (menu && left + menu.offsetWidth > innerWidth - 8) {
    place(menu, {x: right - menu.offsetWidth, y: bottom + 4})
  }
  return opened
}

class Menu {
  /** @param {HTMLElement} host @param {MenuItem[]} items @param {string} label
   * @param {() => void} done  something was chosen */
  constructor(host, items, label, done) {
    this.host = host
    this.done = done
    /** @type {HTMLButtonElement[]} */
    this.buttons = []
    /** @type {{menu: Menu, button: HTMLElement} | null} */
    this.inner = null
    this.typed = {text: "", time: 0}
    this.element = h("div", {class: "menu", role: "menu", "aria-label": label, tabindex: "-1",
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.key(event),
      oncontextmenu: (/** @type {Event} */ event) => event.preventDefault()})
    fill(this.element, items.flatMap(item => this.row(item)))
  }

  /** @param {MenuItem} item @returns {HTMLElement[]} */
  row(item) {
    const {title, keys, off, checked, colour, items} = item
    const button = h("button", {
      class: "menu-item", type: "button", tabindex: "-1", disabled: off,
      role: checked === undefined ? "menuitem" : "menuitemcheckbox",
      "aria-checked": checked, "aria-haspopup": items ? "menu" : null,
      "aria-expanded": items ? false : null, "data-id": item.id,
      onclick: () => items ? this.open(button, item, true) : this.choose(item),
      onpointerenter: () => this.hover(button, item),
    },
    h("span", {class: "menu-mark"}, checked ? icon("check", 14)
      : colour ? h("span", {class: "menu-colour", style: {background: colour}})
        : item.icon ? icon(item.icon, 15) : null),
    h("span", {class: "menu-title"}, title),
    keys ? keysShown(keys) : null,
    items ? icon("right", 13) : null)
    this.buttons.push(button)
    return item.line ? [h("hr", {class: "menu-line", role: "separator"}), button] : [button]
  }

  /** @param {MenuItem} item */
  choose(item) {
    this.done()
    item.run?.()
  }

  /** @param {HTMLButtonElement} button @param {MenuItem} item */
  hover(button, item) {
    button.focus({preventScroll: true})
    if (item.items) this.open(button, item, false)
    else this.shut()
  }

  /** @param {HTMLButtonElement} button @param {MenuItem} item @param {boolean} focus */
  open(button, item, focus) {
    if (this.inner?.button !== button) {
      this.shut()
      const menu = new Menu(this.host, item.items ?? [], item.title, this.done)
      const box = button.getBoundingClientRect()
      this.element.append(menu.element)
      place(menu.element, {x: box.right - 2, y: box.top - 5, aside: box.left + 2})
      button.setAttribute("aria-expanded", "true")
      this.inner = {menu, button}
    }
    if (focus) this.inner.menu.focus(0)
  }

  shut() {
    this.inner?.menu.shut()
    this.inner?.menu.element.remove()
    this.inner?.button.setAttribute("aria-expanded", "false")
    this.inner = null
  }

  /** @param {number} index */
  focus(index) {
    const able = this.buttons.filter(button => !button.disabled)
    const target = able.at(((index % able.length) + able.length) % able.length)
    if (target) target.focus({preventScroll: false})
    else this.element.focus()
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.defaultPrevented) return
    const able = this.buttons.filter(button => !button.disabled)
    const now = able.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement))
    if (event.key === "ArrowLeft" && this.inner) {
      this.inner.button.focus()
      this.shut()
    } else if (event.key === "ArrowRight" && able[now]?.ariaHasPopup) able[now].click()
    else if (event.key === "Tab") this.done()
    else if (!this.move(event.key, now)) return
    event.preventDefault()
    event.stopPropagation()
  }

  /** @param {string} key @param {number} now @returns {boolean} */
  move(key, now) {
    if (key === "ArrowDown") this.focus(now + 1)
    else if (key === "ArrowUp") this.focus(now < 0 ? -1 : now - 1)
    else if (key === "Home") this.focus(0)
    else if (key === "End") this.focus(-1)
    else if (key.length === 1 && key !== " ") this.type(key)
    else return false
    return true
  }

  /** Go to what begins with the letters that were typed. @param {string} letter */
  type(letter) {
    const now = performance.now()
    const text = (now - this.typed.time < 700 ? this.typed.text : "") + letter.toLowerCase()
    this.typed = {text, time: now}
    const able = this.buttons.filter(button => !button.disabled)
    const found = able.findIndex(button =>
      button.querySelector(".menu-title")?.textContent?.toLowerCase().startsWith(text))
    if (found >= 0) this.focus(found)
  }
}
