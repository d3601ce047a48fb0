// @ts-check
/** Dialogs: a question, a text that is asked for, and a window for more. The browser's own dialog
 * holds the focus and makes the rest of the page wait. */

/** @import {Translate} from "../types.js" */
/** @import {Part} from "./dom.js" */

import {icon} from "../icons/icons.js"
import {freshId, h} from "./dom.js"

/** @typedef {{element: HTMLDialogElement, close: (value?: string) => void}} Dialog */

/** A window over the page, with a title and a button that closes it.
 * @param {HTMLElement} host @param {{title: string, close: string, kind?: string,
 *   closed?: (value: string) => void}} told @param {...(Part | Part[])} parts @returns {Dialog} */
export function openDialog(host, {title, close, kind = "", closed}, ...parts) {
  const id = freshId()
  const element = h("dialog", {class: `dialog ${kind}`, "aria-labelledby": id,
    onkeydown: (/** @type {Event} */ event) => event.stopPropagation(),
    onclick: (/** @type {MouseEvent} */ event) => {
      if (event.target === element && isOutside(element, event)) element.close("")
    },
    onclose: () => {
      element.remove()
      closed?.(element.returnValue)
    }},
  h("header", {class: "dialog-head"},
    h("h2", {id, class: "dialog-title cut"}, title),
    h("button", {class: "button only small", type: "button", "aria-label": close, title: close,
      onclick: () => element.close("")}, icon("close", 15))),
  ...parts)
  host.append(element)
  element.showModal()
  return {element, close: value => element.close(value ?? "")}
}

/** @param {HTMLElement} element @param {MouseEvent} event @returns {boolean} */
function isOutside(element, {clientX, clientY}) {
  const {left, right, top, bottom} = element.getBoundingClientRect()
  return clientX < left || clientX > right || clientY < top || clientY > bottom
}

/** @param {HTMLElement} host @param {Translate} t @param {string} question @param {string} yes
 * @returns {Promise<boolean>} */
export function confirm(host, t, question, yes) {
  return new Promise(resolve => {
    const {element} = openDialog(host, {
      title: t("dialog.sure"), close: t("dialog.close"), kind: "small",
      closed: value => resolve(value === "yes"),
    },
    h("p", {class: "dialog-text"}, question),
    h("form", {method: "dialog", class: "dialog-foot"},
      h("button", {class: "button", value: "", type: "submit"}, t("dialog.cancel")),
      h("button", {class: "button primary", value: "yes", type: "submit"}, yes)))
    focusLast(element)
  })
}

/** @param {HTMLDialogElement} element */
function focusLast(element) {
  const buttons = element.querySelectorAll(".dialog-foot button")
  const last = buttons[buttons.length - 1]
  if (last instanceof HTMLElement) last.focus()
}

/** @param {HTMLElement} host @param {Translate} t @param {string} question @param {string} value
 * @returns {Promise<string | null>} */
export function ask(host, t, question, value) {
  return new Promise(resolve => {
    const field = h("input", {class: "field", type: "text", value, "aria-label": question,
      autocomplete: "off", spellcheck: "false"})
    const {element} = openDialog(host, {
      title: question, close: t("dialog.close"), kind: "small",
      closed: given => resolve(given === "yes" ? field.value.trim() : null),
    },
    h("form", {class: "dialog-form", onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault()
      element.close("yes")
    }},
    field,
    h("div", {class: "dialog-foot"},
      h("button", {class: "button", type: "button", onclick: () => element.close("")},
        t("dialog.cancel")),
      h("button", {class: "button primary", type: "submit"}, t("dialog.ok")))))
    field.focus()
    field.select()
  })
}
