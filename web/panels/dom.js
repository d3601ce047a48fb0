// @ts-check
/** Makes elements of a page. Knows nothing of what they are for. */

/** What may stand in an element.
 * @typedef {Node | string | number | null | undefined | false} Part */
/** Attributes by name. `on...` is a listener, `style` an object or a text, true an attribute
 * without a value; false, null and undefined are left out; value, checked, disabled and the like
 * are set as properties. @typedef {Object<string, any>} Attributes */

const PROPERTIES = new Set(["value", "checked", "disabled", "indeterminate", "selected", "hidden"])

/** @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Attributes | null} [attributes]
 * @param {...(Part | Part[])} parts @returns {HTMLElementTagNameMap[T]} */
export function h(tag, attributes, ...parts) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes ?? {})) give(made, name, value)
  fill(made, parts.flat())
  return made
}

/** @param {HTMLElement} element @param {string} name @param {any} value */
function give(element, name, value) {
  if (value === false && name.startsWith("aria-")) element.setAttribute(name, "false")
  else if (value === false || value === null || value === undefined) return
  else if (name.startsWith("on")) element.addEventListener(name.slice(2), value)
  else if (name === "style" && typeof value === "object") styled(element, value)
  else if (PROPERTIES.has(name)) Reflect.set(element, name, value)
  else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value))
}

/** @param {HTMLElement} element @param {Object<string, string>} style */
function styled(element, style) {
  for (const [name, value] of Object.entries(style)) element.style.setProperty(name, value)
}

/** Put parts into an element instead of what is in it.
 * @param {Element} element @param {Part[]} parts */
export function fill(element, parts) {
  element.replaceChildren(...parts.filter(isThere).map(part =>
    part instanceof Node ? part : document.createTextNode(String(part))))
}

/** @param {Part} part @returns {part is Node | string | number} */
function isThere(part) {
  return part !== null && part !== undefined && part !== false
}

let last = 0

/** An id that no other element has, for `aria-labelledby` and `for`.
 * @returns {string} */
export function freshId() {
  last += 1
  return `e${last}`
}

/** Can the keyboard reach it? In order of the page.
 * @param {Element} within @returns {HTMLElement[]} */
export function stops(within) {
  const found = within.querySelectorAll(
    "button, [href], input, select, textarea, summary, [tabindex]:not([tabindex='-1'])")
  return /** @type {HTMLElement[]} */ ([...found]).filter(
    one => !one.hasAttribute("disabled") && one.tabIndex >= 0 && one.offsetParent !== null)
}

/** A small picture, or an empty well. @param {string} address @returns {HTMLElement} */
export function thumb(address) {
  const image = address ? h("img", {src: address, alt: "", decoding: "async"}) : null
  return h("div", {class: "thumb"}, image)
}
