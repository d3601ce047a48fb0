// @ts-check
/** Which widget an input has. A widget is made of its kind alone: no node is known by name. */

/** @import {InputSpec, Json, Translate, Widget, WidgetKind} from "../types.js" */
import {choiceWidget} from "./choice.js"
import {colourWidget} from "./colour.js"
import {numberWidget} from "./number.js"
import {pictureWidget} from "./picture.js"
import {plainWidget} from "./plain.js"
import {seedWidget} from "./seed.js"
import {textWidget} from "./text.js"
import {toggleWidget} from "./toggle.js"
/** @import {Keep} from "./complete.js" */
/** @import {Seeds} from "./seeds.js" */

/** What widgets need of the page. keep: where they remember what was written; parse, stringify:
 * those of net/json.js; font: the font family of the canvas.
 * @typedef {{t: Translate, parse: (text: string) => Json,
 *   stringify: (value: Json, indent?: number) => string, keep: Keep, seeds: Seeds,
 *   font: () => string}} Parts */

/** @param {Parts} given @returns {(input: InputSpec) => Widget} */
export function makeWidgets(given) {
  let family = ""
  /** @type {Parts} the font is asked for once: every layout needs it */
  const parts = {...given, font: () => (family ||= given.font())}
  /** @type {Record<WidgetKind, Widget>} */
  const all = {
    number: numberWidget(parts),
    text: textWidget(parts),
    choice: choiceWidget(parts),
    toggle: toggleWidget(parts),
    seed: seedWidget(parts),
    picture: pictureWidget(parts),
    colour: colourWidget(parts),
    plain: plainWidget(parts),
  }
  return input => all[input.widget ?? "plain"]
}
