// @ts-check
/** Line icons, drawn for Easel on a grid of 17 with lines of 1.4, in the colour of the text. */

const SVG = "http://www.w3.org/2000/svg"
const LINE = "1.4"

/** Paths by name; a dot is a line of length 0. */
const PATHS = {
  easel: "M4 3.2h9v6.6H4z M8.5 1.2v2 M5.6 9.8 3.4 15.6 M11.4 9.8l2.2 5.8 M8.5 9.8v3.4"
    + " M2.8 9.8h11.4",
  add: "M8.5 3v11 M3 8.5h11",
  minus: "M3.5 8.5h10",
  folder: "M2.2 4.2c0-.6.4-1 1-1h3.3l1.6 1.9h5.7c.6 0 1 .4 1 1v6.7c0 .6-.4 1-1 1H3.2"
    + "c-.6 0-1-.4-1-1z",
  picture: "M2.7 3.7c0-.6.4-1 1-1h9.6c.6 0 1 .4 1 1v9.6c0 .6-.4 1-1 1H3.7c-.6 0-1-.4-1-1z"
    + " M3 12.2l3.4-3.4 2.7 2.7 1.7-1.7 3.2 3 M11 6.1h.01",
  cube: "M8.5 1.9 14 5v7l-5.5 3.1L3 12V5z M3 5l5.5 3.2L14 5 M8.5 8.2v6.9",
  help: "M6 6.2c0-1.5 1.1-2.4 2.5-2.4s2.5.9 2.5 2.2c0 1.8-2.5 1.9-2.5 3.7 M8.5 12.9h.01",
  close: "M4.2 4.2l8.6 8.6 M12.8 4.2l-8.6 8.6",
  check: "M3.4 8.9l3.3 3.3 6.9-7.2",
  down: "M4.6 6.6l3.9 3.9 3.9-3.9",
  up: "M4.6 10.4l3.9-3.9 3.9 3.9",
  left: "M10.4 4.6L6.5 8.5l3.9 3.9",
  right: "M6.6 4.6l3.9 3.9-3.9 3.9",
  more: "M3.9 8.5h.01 M8.5 8.5h.01 M13.1 8.5h.01",
  grip: "M6.4 4.4h.01 M10.6 4.4h.01 M6.4 8.5h.01 M10.6 8.5h.01 M6.4 12.6h.01 M10.6 12.6h.01",
  play: "M5.2 3.2l8 5.3-8 5.3z",
  pause: "M6 3.6v9.8 M11 3.6v9.8",
  stop: "M4.4 4.4h8.2v8.2H4.4z",
  retry: "M13.6 8.5a5.1 5.1 0 1 1-1.6-3.7 M13.8 2.5v2.9h-2.9",
  undo: "M3.2 6.4h6.7a3.6 3.6 0 0 1 0 7.2H6.4 M5.9 3.5L3 6.4l2.9 2.9",
  redo: "M13.8 6.4H7.1a3.6 3.6 0 0 0 0 7.2h3.5 M11.1 3.5L14 6.4l-2.9 2.9",
  trash: "M3.2 4.7h10.6 M6.4 4.5V3h4.2v1.5"
    + " M4.5 4.9l.6 8.6c0 .5.4.8.9.8h5c.5 0 .9-.3.9-.8l.6-8.6",
  copy: "M6.2 6.2h7.6v7.6H6.2z M10.6 3.2H3.2v7.4",
  edit: "M3 14l.7-3.1 7.5-7.5c.5-.5 1.3-.5 1.8 0l.6.6c.5.5.5 1.3 0 1.8l-7.5 7.5z M10.1 4.6l2.3 2.3",
  search: "M7.4 2.9a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9z M10.8 10.7l3.4 3.5",
  download: "M8.5 2.6v7.8 M5.2 7.3l3.3 3.3 3.3-3.3 M3 13.9h11",
  upload: "M8.5 10.8V3 M5.2 6.1l3.3-3.3 3.3 3.3 M3 13.9h11",
  out: "M7.2 3.6H3.4v10h10V9.8 M10 3h4v4 M14 3L8.2 8.8",
  clock: "M8.5 2.6a5.9 5.9 0 1 1 0 11.8 5.9 5.9 0 0 1 0-11.8z M8.5 5.2v3.5l2.4 1.4",
  warning: "M8.5 2.7l6.1 11.1H2.4z M8.5 6.9v3.2 M8.5 12h.01",
  info: "M8.5 2.6a5.9 5.9 0 1 1 0 11.8 5.9 5.9 0 0 1 0-11.8z M8.5 8v3.4 M8.5 5.6h.01",
  gear: "M2.5 4.7h6 M12.2 4.7h2.3 M8.5 4.7a1.8 1.8 0 1 0 3.7 0 1.8 1.8 0 1 0-3.7 0"
    + " M2.5 12.3h2.3 M8.5 12.3h6 M4.8 12.3a1.8 1.8 0 1 0 3.7 0 1.8 1.8 0 1 0-3.7 0",
  list: "M6.2 4.3h8 M6.2 8.5h8 M6.2 12.7h8 M2.9 4.3h.01 M2.9 8.5h.01 M2.9 12.7h.01",
  log: "M2.6 3.4h11.8v10.2H2.6z M5.2 6.4l2.2 2.1-2.2 2.1 M9 11h2.8",
  fit: "M3 6V3h3 M11 3h3v3 M14 11v3h-3 M6 14H3v-3",
  pin: "M6 2.6h5 M6.7 2.8l-.4 4.6-2 2.2h8.4l-2-2.2-.4-4.6 M8.5 9.8v4.8",
  eye: "M1.9 8.5c1.6-2.8 3.9-4.2 6.6-4.2s5 1.4 6.6 4.2c-1.6 2.8-3.9 4.2-6.6 4.2S3.5 11.3 1.9 8.5z"
    + " M8.5 6.6a1.9 1.9 0 1 1 0 3.8 1.9 1.9 0 0 1 0-3.8z",
  brush: "M13.9 2.9c-3 1.2-5.6 3.4-7.2 6.1l1.6 1.6c2.7-1.7 4.6-4.5 5.6-7.7z"
    + " M6.2 9.6c-1.9 0-2 2-3.3 3.7 2.2.6 4.5 0 4.7-2.3",
  link: "M6.6 10.4l3.8-3.8 M7.9 4.8l1.4-1.4a3 3 0 0 1 4.3 4.3l-1.4 1.4"
    + " M9.1 12.2l-1.4 1.4a3 3 0 0 1-4.3-4.3l1.4-1.4",
  group: "M2.6 3.4h11.8v10.2H2.6z M2.6 6.3h11.8",
  note: "M3.4 2.8h10.2v7.6l-3.2 3.6h-7z M13.4 10.4h-3v3.4 M6 6h5 M6 8.6h3",
  eraser: "M6.2 13.9L2.9 10.6c-.5-.5-.5-1.2 0-1.7l5.8-5.8c.5-.5 1.2-.5 1.7 0l3.4 3.4c.5.5.5 1.2 0 1.7l-5.7 5.7z"
    + " M5.8 6l5.1 5.1 M6.2 13.9h8",
  bucket: "M7.3 2.4L13 8.1l-5 5c-.5.5-1.3.5-1.8 0L2.4 9.3c-.5-.5-.5-1.3 0-1.8l4.9-4.9 M2.2 8.3H13"
    + " M14.3 10.6c.8 1.2 1.2 1.9 1.2 2.4a1.2 1.2 0 1 1-2.4 0c0-.5.4-1.2 1.2-2.4",
  invert: "M8.5 2.6a5.9 5.9 0 1 1 0 11.8 5.9 5.9 0 0 1 0-11.8z M8.5 2.6v11.8 M11 4.2v8.6 M12.9 5.6v5.8",
  square: "M3.4 3.4h10.2v10.2H3.4z M5.8 5.8h5.4v5.4H5.8z",
  compare: "M2.6 3.4h11.8v10.2H2.6z M8.5 1.8v13.4 M5.3 7l-1.2 1.5L5.3 10 M11.7 7l1.2 1.5-1.2 1.5",
  history: "M3.4 8.5a5.1 5.1 0 1 0 1.6-3.7 M3.2 2.5v2.9h2.9 M8.5 5.6v3.1l2.1 1.3",
  dice: "M3.7 2.7h9.6c.6 0 1 .4 1 1v9.6c0 .6-.4 1-1 1H3.7c-.6 0-1-.4-1-1V3.7c0-.6.4-1 1-1z"
    + " M5.9 5.9h.01 M11.1 5.9h.01 M8.5 8.5h.01 M5.9 11.1h.01 M11.1 11.1h.01",
  layout: "M2.6 3.4h4.6v4H2.6z M9.8 3.4h4.6v4H9.8z M9.8 9.8h4.6v4H9.8z"
    + " M7.2 5.4h2.6 M8.5 5.4v6.4h1.3",
}

/** @typedef {keyof typeof PATHS} IconName */

/** An icon for the eye alone: what it stands beside or in needs a name of its own.
 * @param {IconName | string} name @param {number} [size] pixels @returns {SVGSVGElement} */
export function icon(name, size = 17) {
  const svg = document.createElementNS(SVG, "svg")
  const told = {viewBox: "0 0 17 17", width: size, height: size, class: "icon"}
  svg.setAttribute("aria-hidden", "true")
  for (const [key, value] of Object.entries(told)) svg.setAttribute(key, String(value))
  for (const part of pathOf(name).split(" M")) svg.append(line(part))
  return svg
}

/** The same as a path for a canvas. @param {IconName | string} name @returns {string} */
export function pathOf(name) {
  return Object.hasOwn(PATHS, name) ? PATHS[/** @type {IconName} */ (name)] : ""
}

/** @param {string} part @returns {SVGPathElement} */
function line(part) {
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", part.startsWith("M") ? part : `M${part}`)
  path.setAttribute("fill", "none")
  path.setAttribute("stroke", "currentColor")
  path.setAttribute("stroke-width", part.endsWith("h.01") ? "1.9" : LINE)
  path.setAttribute("stroke-linecap", "round")
  path.setAttribute("stroke-linejoin", "round")
  return path
}
