// @ts-check
/** A picture of the inputs: chosen with thumbnails, or put there by a press, a drop or a paste, and
 * its mask painted. The picture itself is shown by the node. */

/** @import {Pen, Point, Widget, WidgetHand, WidgetPlace} from "../types.js" */
/** @import {Parts} from "./index.js" */
/** @typedef {typeof import("./choice_list.js")} Lists */
import {h} from "../panels/dom.js"
import {icon, pathOf} from "../icons/icons.js"
import {openFrame} from "./frame.js"
import {filesIn, pictureNamed, putInput} from "./input_picture.js"
import {optionsOf, shortName} from "./options.js"
import {HEIGHT, PAD, paintRow} from "./paint.js"
import {later} from "../tools/later.js"

const LIST = later(() => import("./choice_list.js"))

const ICON = 14
const PITCH = ICON + 8
const TAIL = 2 * PITCH

/** @param {Parts} parts @returns {Widget} */
export function pictureWidget(parts) {
  return {
    height: () => HEIGHT,
    paint: (pen, place, marks) => {
      const named = shortName(pictureNamed(String(place.value ?? ""))?.filename ?? "")
      const tone = marks.wrong ? pen.theme.bad : named ? undefined : pen.theme.faint
      paintRow(pen, place, marks, {value: named || parts.t("widget.noPicture"), tone, tail: TAIL})
      if (!place.linked && pen.detail === 2) paintIcons(pen, place, Boolean(named))
    },
    open: (hand, at) => {
      const pressed = iconAt(hand.place, at)
      if (pressed === "brush" && hand.place.value) paintMask(hand)
      else if (pressed === "upload") pick(hand)
      else LIST(hand.app, list => openPictures(hand, parts, list))
    },
  }
}

/** @param {Pen} pen @param {WidgetPlace} place @param {boolean} there whether there is a picture */
function paintIcons({ctx, theme}, {box}, there) {
  const x = box.x + box.w - PAD - ICON, y = box.y + (HEIGHT - ICON) / 2
  for (const [name, left] of /** @type {const} */ ([["upload", x], ["brush", x - PITCH]])) {
    ctx.save()
    ctx.translate(left, y)
    ctx.scale(ICON / 17, ICON / 17)
    ctx.lineWidth = 1.5
    ctx.lineCap = ctx.lineJoin = "round"
    ctx.strokeStyle = there || name === "upload" ? theme.muted : theme["line-strong"]
    ctx.stroke(new Path2D(pathOf(name)))
    ctx.restore()
  }
}

/** @param {WidgetPlace} place @param {Point | null} at @returns {"upload" | "brush" | null} */
export function iconAt({box}, at) {
  if (!at) return null
  const fromRight = box.x + box.w - at.x
  if (fromRight < PAD + ICON + 4) return "upload"
  return fromRight < PAD + ICON + 4 + PITCH ? "brush" : null
}

/** @param {WidgetHand} hand */
function paintMask(hand) {
  hand.app.ui.paintMask(String(hand.place.value), name => hand.set(name))
  hand.leave("stay")
}

/** Let a file be chosen, and put it among the inputs.
 * @param {WidgetHand} hand */
function pick(hand) {
  const chooser = h("input", {type: "file", accept: "image/*", hidden: true,
    oncancel: () => chooser.remove(), onchange: () => {
      const [file] = chooser.files ?? []
      chooser.remove()
      if (file) take(hand, file)
    }})
  hand.host.append(chooser)
  chooser.click()
  hand.leave("stay")
}

/** @param {WidgetHand} hand @param {File} file */
async function take(hand, file) {
  try {
    hand.set(await putInput(hand.app.api, file))
    await hand.app.refresh()
  } catch (error) {
    hand.app.ui.toast(error instanceof Error ? error.message : String(error), "bad")
  }
}

/** @param {WidgetHand} hand @param {Parts} parts @param {Lists} lists */
function openPictures(hand, {t}, {ChoiceList}) {
  const {app, place: {input, label, value}} = hand
  const list = new ChoiceList({
    t, label, chosen: value, tall: true, options: optionsOf(input.options ?? [], true),
    picture: option => {
      const picture = pictureNamed(option.text)
      return picture ? app.api.view(picture, {preview: true, size: 96}) : ""
    },
    take: chosen => {
      if (chosen !== value) hand.set(chosen)
      frame.cancel()
    },
  })
  list.element.append(footOf(hand, t, () => frame.cancel()))
  taking(list.element, file => {
    frame.cancel()
    take(hand, file)
  })
  const frame = openFrame(hand, {below: list.element, focus: list.field, commit: () => {}})
  list.opened()
  frame.place()
}

/** @param {WidgetHand} hand @param {Parts["t"]} t @param {() => void} close */
function footOf(hand, t, close) {
  const act = (/** @type {(hand: WidgetHand) => void} */ done) => () => {
    close()
    done(hand)
  }
  return h("div", {class: "choice-foot"},
    h("button", {type: "button", class: "button small", onclick: act(pick)},
      icon("upload", 15), t("widget.upload")),
    Boolean(hand.place.value) && h("button",
      {type: "button", class: "button small", onclick: act(paintMask)},
      icon("brush", 15), t("widget.paintMask")),
    h("span", {class: "widget-faint choice-hint"}, t("widget.dropHere")))
}

/** Let files be dropped on an element, or pasted while it has the focus.
 * @param {HTMLElement} element @param {(file: File) => void} taken */
function taking(element, taken) {
  const given = (/** @type {Event} */ event, /** @type {DataTransfer | null} */ held) => {
    const [file] = filesIn(held)
    if (!file) return
    event.preventDefault()
    event.stopPropagation()
    taken(file)
  }
  element.addEventListener("dragover", event => event.preventDefault())
  element.addEventListener("drop", event => given(event, event.dataTransfer))
  element.addEventListener("paste", event => given(event, event.clipboardData))
}
