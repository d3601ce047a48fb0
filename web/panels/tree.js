// @ts-check
/** Things in folders by their paths. Pure. */

/** A folder: its own things, and folders in it, both by name.
 * @template T @typedef {{name: string, path: string, folders: Branch<T>[], things: T[]}} Branch */

/** @template T @param {T[]} things @param {(thing: T) => string} folderOf  "a/b", "" for none
 * @param {(one: string, other: string) => number} [compare]  of the names of folders
 * @returns {Branch<T>} */
export function treeOf(things, folderOf, compare = naturally) {
  /** @type {Branch<T>} */
  const root = {name: "", path: "", folders: [], things: []}
  /** @type {Map<string, Branch<T>>} */
  const known = new Map([["", root]])
  for (const thing of things) branchAt(known, folderOf(thing)).things.push(thing)
  for (const branch of known.values()) branch.folders.sort((a, b) => compare(a.name, b.name))
  return root
}

/** @template T @param {Map<string, Branch<T>>} known @param {string} path @returns {Branch<T>} */
function branchAt(known, path) {
  const found = known.get(path)
  if (found) return found
  const slash = path.lastIndexOf("/")
  /** @type {Branch<T>} */
  const made = {name: path.slice(slash + 1), path, folders: [], things: []}
  known.set(path, made)
  branchAt(known, slash < 0 ? "" : path.slice(0, slash)).folders.push(made)
  return made
}

/** How many things are in a folder and in those within it.
 * @template T @param {Branch<T>} branch @returns {number} */
export function countOf(branch) {
  return branch.things.length + branch.folders.reduce((sum, inner) => sum + countOf(inner), 0)
}

/** "sd 2" comes before "sd 10". @param {string} one @param {string} other @returns {number} */
export function naturally(one, other) {
  return one.localeCompare(other, undefined, {numeric: true, sensitivity: "base"})
}

/** The folder and the last part of a name. @param {string} name
 * @returns {{folder: string, last: string}} */
export function parted(name) {
  const slash = name.lastIndexOf("/")
  return {folder: slash < 0 ? "" : name.slice(0, slash), last: name.slice(slash + 1)}
}

/** Why a name can't be a document's: the key of a sentence, or "".
 * @param {string} name @returns {string} */
export function whyNoName(name) {
  if (!name.trim()) return "name.empty"
  if (name.length > 200) return "name.long"
  if (/[<>:"|?*\\\p{Cc}]/u.test(name)) return "name.signs"
  const parts = name.split("/")
  if (parts.some(part => !part.trim() || part !== part.trim() || part.startsWith("."))) {
    return "name.parts"
  }
  return ""
}
