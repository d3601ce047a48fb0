// @ts-check
/** The options of a choice: grouped by folder, found by what is typed. Pure. */

/** @import {Json} from "../types.js" */

/** One option. text: as it is held; title: its file name without folder and ending; folder: "" if
 * it lies in none. @typedef {{value: Json, text: string, title: string, folder: string}} Option */
/** A row of the list. @typedef {{folder: string, count: number} | Option} Row */

const ENDING =
  /\.(safetensors|ckpt|pt2?|pth|bin|gguf|sft|onnx|ya?ml|png|jpe?g|webp|gif|bmp|tiff?)$/i

/** @param {Json[]} values @param {boolean} files whether they are names of files
 * @returns {Option[]} */
export function optionsOf(values, files) {
  return values.map(value => {
    const text = String(value)
    const at = files ? Math.max(text.lastIndexOf("/"), text.lastIndexOf("\\")) : -1
    const title = files ? shortName(text) : text
    return {value, text, title, folder: at < 0 ? "" : text.slice(0, at).replaceAll("\\", "/")}
  })
}

/** A file without its folders and its ending.
 * @param {string} text @returns {string} */
export function shortName(text) {
  const name = text.slice(Math.max(text.lastIndexOf("/"), text.lastIndexOf("\\")) + 1)
  return name.replace(ENDING, "") || name
}

/** Whether values look like files: with folders, or endings that files have.
 * @param {Json[]} values @returns {boolean} */
export function areFiles(values) {
  return values.length > 0 && values.every(value => typeof value === "string" && ENDING.test(value))
}

/** Those that hold all words that were typed, the best first: whole name, beginning of the name,
 * beginning of a word in it, anywhere. Without words all, as they are.
 * @param {Option[]} options @param {string} typed @returns {Option[]} */
export function found(options, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return options
  const ranked = options.flatMap((option, index) => {
    const rank = rankOf(option, words)
    return rank === null ? [] : [{option, rank, index}]
  })
  ranked.sort((one, other) => one.rank - other.rank || one.index - other.index)
  return ranked.map(({option}) => option)
}

/** @param {Option} option @param {string[]} words @returns {number | null} */
function rankOf({text, title}, words) {
  const whole = text.toLowerCase(), name = title.toLowerCase()
  if (!words.every(word => whole.includes(word))) return null
  const [first] = words
  if (name === words.join(" ")) return 0
  if (name.startsWith(first)) return 1
  return name.split(/[^\p{L}\p{N}]+/u).some(part => part.startsWith(first)) ? 2 : 3
}

/** Rows of a list: those without a folder first, then each folder under its name.
 * @param {Option[]} options @returns {Row[]} */
export function rowsOf(options) {
  /** @type {Map<string, Option[]>} */
  const folders = new Map()
  for (const option of options) {
    const held = folders.get(option.folder)
    if (held) held.push(option)
    else folders.set(option.folder, [option])
  }
  const loose = folders.get("") ?? []
  folders.delete("")
  return [...loose, ...[...folders].flatMap(([folder, held]) =>
    [{folder, count: held.length}, ...held])]
}

/** @param {Row} row @returns {row is Option} */
export function isOption(row) {
  return "text" in row
}
