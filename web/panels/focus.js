// @ts-check
/** The focus stays where it was while a list is drawn anew. */

/** Draw anew, with the focus on the same thing as before.
 * @param {Element} within @param {() => void} draw */
export function keepingFocus(within, draw) {
  const had = document.activeElement
  const name = had && within.contains(had) ? had.getAttribute("data-focus") : null
  draw()
  if (!name) return
  const found = within.querySelector(`[data-focus="${CSS.escape(name)}"]`)
  if (found instanceof HTMLElement) found.focus({preventScroll: true})
}
