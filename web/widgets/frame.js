// @ts-check
/** The frame of an editor that lies over one widget: it keeps its place while the canvas moves, and
 * ends with Enter, Escape, Tab or a press elsewhere. Knows nothing of what is edited. */

/** @import {WidgetHand} from "../types.js" */
import {stops} from "../panels/dom.js"

const LEAST = 0.8 // of full size: smaller text can't be edited
const GAP = 4

/** over: lies exactly over the widget and grows with the zoom; below: under it, at full size;
 * loose: belongs to it, and finds its place itself. commit: make what stands there the value;
 * cancel: leave no trace.
 * @typedef {{over?: HTMLElement, below?: HTMLElement, loose?: HTMLElement, focus: HTMLElement,
 *   commit: () => void, cancel?: () => void, end?: () => void}} Editing */
/** @typedef {{done: () => void, cancel: () => void, place: () => void}} Frame */

/** @param {WidgetHand} hand @param {Editing} editing @returns {Frame} */
export function openFrame(hand, editing) {
  const parts = [editing.over, editing.below, editing.loose].filter(part => part !== undefined)
  for (const part of parts) hand.host.append(part)
  const place = () => placed(hand, editing)
  const within = /** @param {EventTarget | null} target */ target =>
    target instanceof Node && parts.some(part => part.contains(target))
  let open = true
  /** @param {"stay" | "next" | "previous"} to @param {(() => void) | undefined} act */
  const close = (to, act) => {
    if (!open) return
    open = false
    act?.()
    for (const stop of ends) stop()
    for (const part of parts) part.remove()
    editing.end?.()
    hand.leave(to)
  }
  const done = () => close("stay", editing.commit)
  const cancel = () => close("stay", editing.cancel)
  const ends = [
    hand.app.session.on(names => names.has("camera") && place()),
    hand.app.scene.on(place),
    listen(window, "resize", place),
    listen(window, "pagehide", done),
    listen(window, "pointerdown", event => within(event.target) || done(), true),
    ...parts.flatMap(part => [
      listen(part, "focusout", event => leftFor(event, within) && done()),
      listen(part, "keydown", event => pressed(event, editing, parts, {cancel, close})),
    ]),
  ]
  place()
  editing.focus.focus({preventScroll: true})
  return {done, cancel, place}
}

/** @template {keyof WindowEventMap} K
 * @param {Window | HTMLElement} on @param {K} name
 * @param {(event: WindowEventMap[K]) => void} heard
 * @param {boolean} [early] before anybody else hears of it @returns {() => void} */
function listen(on, name, heard, early = false) {
  const listener = /** @type {EventListener} */ (heard)
  on.addEventListener(name, listener, early)
  return () => on.removeEventListener(name, listener, early)
}

/** Whether the focus went to something else on the page; a window that loses it changes nothing.
 * @param {FocusEvent} event @param {(target: EventTarget | null) => boolean} within */
function leftFor(event, within) {
  return event.relatedTarget !== null && !within(event.relatedTarget)
}

/** @param {KeyboardEvent} event @param {Editing} editing @param {HTMLElement[]} parts
 * @param {{cancel: () => void,
 *   close: (to: "stay" | "next" | "previous", act?: () => void) => void}} ways */
function pressed(event, editing, parts, {cancel, close}) {
  if (event.isComposing) return event.stopPropagation()
  const command = event.ctrlKey || event.metaKey
  if (event.key === "Escape" && !event.defaultPrevented) cancel()
  else if (event.key === "Tab" && !command && atEnd(event, parts)) {
    close(event.shiftKey ? "previous" : "next", editing.commit)
  } else if (command && !ofText(event)) return editing.commit()
  else return event.stopPropagation()
  event.preventDefault()
  event.stopPropagation()
}

const TEXT_KEYS = /^(z|y|x|c|v|a|arrow.*|backspace|delete|home|end|control|meta|shift|alt)$/

/** Whether a key with Ctrl means the text, not the page: undo, copy and the like.
 * @param {KeyboardEvent} event */
function ofText(event) {
  return TEXT_KEYS.test(event.key.toLowerCase())
}

/** Whether Tab has no further stop in the frame.
 * @param {KeyboardEvent} event @param {HTMLElement[]} parts */
function atEnd(event, parts) {
  const all = parts.flatMap(part => stops(part).concat(part.matches("input, textarea") ? part : []))
  return document.activeElement === (event.shiftKey ? all[0] : all[all.length - 1]) || !all.length
}

/** @param {WidgetHand} hand @param {Editing} editing */
function placed(hand, {over, below}) {
  const {left, top, width, height, zoom} = hand.screen()
  const scale = Math.max(zoom, LEAST)
  const grown = (width * scale) / zoom
  const x = Math.max(GAP, Math.min(left, window.innerWidth - grown - GAP))
  if (over) {
    over.style.width = `${width / zoom}px`
    over.style.minHeight = `${height / zoom}px`
    over.style.transform = `translate(${x}px, ${top}px) scale(${scale})`
  }
  if (below) {
    below.style.minWidth = `${Math.min(grown, window.innerWidth - 2 * GAP)}px`
    beside(below, x, top, over ? (height * scale) / zoom + GAP : 0)
  }
}

/** Under what it belongs to, or above it where there is more room.
 * @param {HTMLElement} below @param {number} left @param {number} top @param {number} height */
function beside(below, left, top, height) {
  const under = window.innerHeight - top - height - GAP, above = top - 2 * GAP
  const up = under < Math.min(below.scrollHeight, 220) && above > under
  const x = Math.max(GAP, Math.min(left, window.innerWidth - below.offsetWidth - GAP))
  below.style.maxHeight = `${Math.max(120, Math.min(420, up ? above : under))}px`
  below.style.left = `${x}px`
  below.style.top = up ? "" : `${top + height}px`
  below.style.bottom = up ? `${window.innerHeight - top + GAP}px` : ""
}
