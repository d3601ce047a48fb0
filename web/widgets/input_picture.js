// @ts-check
/** Pictures among the inputs: their names as inputs have them, and new ones put there. */

/** @import {Api, Picture} from "../types.js" */

/** The value of an input that reads a picture: "folder/name.png", " [output]" if it lies there.
 * @param {Picture} picture @returns {string} */
export function valueOf({filename, subfolder, type}) {
  const path = subfolder ? `${subfolder.replaceAll("\\", "/")}/${filename}` : filename
  return type && type !== "input" ? `${path} [${type}]` : path
}

/** The picture that such a value names.
 * @param {string} value @returns {Picture | null} null: it names none */
export function pictureNamed(value) {
  const parts = /^(.*?)(?:\s*\[(input|output|temp)\])?$/.exec(value.trim())
  if (!parts?.[1]) return null
  const path = parts[1].replaceAll("\\", "/"), cut = path.lastIndexOf("/")
  const subfolder = cut < 0 ? "" : path.slice(0, cut)
  return {filename: path.slice(cut + 1), subfolder, type: parts[2] ?? "input"}
}

/** Put a file among the inputs.
 * @param {Api} api @param {Blob} file @param {string} [subfolder]
 * @returns {Promise<string>} the value that names it. Throws Error with a sentence. */
export async function putInput(api, file, subfolder) {
  const name = file instanceof File && file.name ? file.name : `pasted.${endingOf(file.type)}`
  return valueOf(await api.upload(file, name, subfolder ? {subfolder} : {}))
}

/** @param {string} type "image/png" @returns {string} */
function endingOf(type) {
  const ending = type.split("/")[1]?.split(/[+;]/)[0] || "png"
  return ending === "jpeg" ? "jpg" : ending
}

/** The files of a drop or of a paste that a picture widget takes.
 * @param {DataTransfer | null} held @returns {File[]} */
export function filesIn(held) {
  return [...held?.files ?? []].filter(file => /^(image|video)\//.test(file.type))
}
