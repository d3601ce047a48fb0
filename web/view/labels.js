// @ts-check
/** What titles and names on the canvas say, in the page's language. */
/** @import {GraphNode, NodeSpec} from "../types.js" */
/** @import {Means} from "./layout.js" */

import {isBorder} from "./border.js"

/** @param {GraphNode} node @param {NodeSpec} spec @param {Means} means @returns {string} */
export function titleOf(node, spec, {t}) {
  if (isBorder(node.class_type)) return t(`view.border.${node.class_type.slice(1)}`)
  return node.look?.title || t(`nodes.${node.class_type}`, {or: spec.title || node.class_type})
}

/** @param {"inputs" | "outputs"} side @param {GraphNode} node @param {string} name
 * @param {Means} means
 * @returns {string} */
export function labelOf(side, node, name, {t, labels}) {
  const key = `${side}.${node.class_type}.${name}`
  const had = labels?.get(key)
  if (had !== undefined) return had
  const plain = name === name.toUpperCase() ? name.toLowerCase() : name
  const label = t(key, {or: plain.replaceAll("_", " ")})
  labels?.set(key, label)
  return label
}
