// @ts-check
/** The sheet of keys and gestures. */

/** @import {App} from "../types.js" */

import {openDialog} from "./dialogs.js"
import {h} from "./dom.js"
import {byGroup} from "./key_settings.js"
import {keyCaps} from "./keys_shown.js"

const GESTURES = ["pan", "zoom", "add", "link", "insert", "box", "several", "copy", "cut", "number",
  "touch"]

/** @param {App} app @param {HTMLElement} host @param {() => void} closed */
export function openHelp(app, host, closed) {
  const {t, commands} = app
  const keyed = commands.all().filter(one => commands.keysOf(one.id).length)
  const groups = byGroup(app, keyed).map(([title, all]) => h("section", {class: "help-part"},
    h("h3", {class: "section-head"}, title),
    h("dl", null, all.map(one => h("div", {class: "help-row"},
      h("dt", null, t(`command.${one.id}`)),
      h("dd", null, keyCaps(commands.keysOf(one.id)[0])))))))
  const gestures = h("section", {class: "help-part"},
    h("h3", {class: "section-head"}, t("help.gestures")),
    h("dl", null, GESTURES.map(name => h("div", {class: "help-row"},
      h("dt", null, t(`help.${name}`)), h("dd", {class: "muted"}, t(`help.${name}.how`))))))
  const told = {title: t("panel.help"), close: t("dialog.close"), kind: "wide help", closed}
  return openDialog(host, told,
    h("div", {class: "dialog-body scrolls help-body", tabindex: "0"}, gestures, ...groups,
      h("section", {class: "help-part"}, h("h3", {class: "section-head"}, t("help.more")),
        h("p", {class: "help-links"}, link("/docs/engine.md", t("help.docs")),
          link("/docs/writing-a-node.md", t("help.nodes")), link("/openapi.json", t("help.api"))))))
}

/** @param {string} href @param {string} title @returns {HTMLElement} */
function link(href, title) {
  return h("a", {href, target: "_blank", rel: "noopener"}, title)
}
