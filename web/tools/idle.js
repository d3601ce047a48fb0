// @ts-check
/** The resting hand: looks at what lies under the pointer, and begins what a press there means. */
/** @import {App, Hit} from "../types.js" */
/** @import {Desk} from "./press.js" */
/** @import {Stroke, Touch} from "./tool.js" */

import {nodesIn} from "../document/paths.js"
import {Gripping, Panning} from "./pan.js"
import {Pointing} from "./pointing.js"
import {pressed} from "./press.js"
import {cornerAt, cornerCursor} from "./size.js"
import {Tool} from "./tool.js"
import {openWidget} from "./widget_hand.js"
import {nameOf} from "../view/marks.js"

export class Idle extends Tool {
  /** @param {Desk} desk */
  constructor(desk) {
    super()
    this.desk = desk
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  down(app, touch) {
    if (touch.button === 1) return new Panning(app, touch)
    if (touch.button !== 0) return this
    const hit = app.scene.at(touch.point, app.session.camera.zoom)
    return new Pointing(touch, pressed(app, this.desk, touch, hit))
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  move(app, touch) {
    const hit = app.scene.at(touch.point, app.session.camera.zoom)
    this.cursor = cursorOver(app, hit, touch)
    if (nameOfHit(hit) !== nameOfHit(app.session.hover)) app.session.set({hover: hit})
    return this
  }

  /** @param {App} app @param {Touch} touch @returns {Tool | null} */
  up(app, touch) {
    void app, touch
    return this
  }

  /** @param {App} app @param {Stroke} stroke @returns {Tool | null} */
  key(app, stroke) {
    if (!stroke.down) return this
    if (stroke.key === " ") return new Gripping()
    const [id] = nodesIn(app.session.selection)
    if (stroke.key === "Enter" && app.session.selection.size === 1 && id !== undefined) {
      editFirst(app, this.desk.host, id)
    }
    return this
  }
}

/** Edit the first value of a node.
 * @param {App} app @param {HTMLElement} host @param {string} id */
export function editFirst(app, host, id) {
  const place = app.scene.nodes.get(id)?.widgets.find(one => !one.linked)
  if (place) openWidget(app, host, id, place)
}

/** @param {App} app @param {Hit} hit @param {Touch} touch @returns {string} */
function cursorOver(app, hit, touch) {
  if (touch.ctrl && touch.shift) return "crosshair"
  if (hit.kind === "socket") return "crosshair"
  if (hit.kind === "picture") return "zoom-in"
  if (hit.kind === "problem") return "pointer"
  if (hit.kind === "link" && touch.alt) return "copy"
  if (hit.kind === "corner") {
    const box = app.scene.around([hit.key])
    return box ? cornerCursor(cornerAt(box, touch.point)) : "default"
  }
  if (hit.kind !== "widget" || hit.widget.linked) return "default"
  if (hit.widget.input.widget === "text") return "text"
  return app.widgetOf(hit.widget.input).drag ? "ew-resize" : "pointer"
}

/** What tells two hits apart. @param {Hit} hit @returns {string} */
function nameOfHit(hit) {
  switch (hit.kind) {
    case "nothing": return ""
    case "socket": return nameOf(hit.socket)
    case "widget": return `widget/${hit.node}/${hit.widget.name}`
    case "picture": return `picture/${hit.node}/${hit.index}`
    case "node": return `node/${hit.node}/${hit.header}`
    case "corner": return `corner/${hit.key}`
    case "link": return `link/${hit.link.key}`
    case "group": return `group/${hit.id}/${hit.header}`
    case "problem": return `problem/${hit.node}`
    default: return `${hit.kind}/${hit.id}`
  }
}
