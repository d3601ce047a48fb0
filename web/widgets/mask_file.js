// @ts-check
/** Pictures with masks on their way to and from the server: the mask is their transparency. */

/** @import {Api} from "../types.js" */
import {pictureNamed} from "./input_picture.js"
import {alphaOf, fileOf, MaskLayer} from "./mask_layer.js"
import {stringify} from "../net/json.js"

const FOLDER = "clipspace" // where ComfyUI's mask editor puts its pictures

/** The picture that an input names, and its mask. Throws Error with a sentence.
 * @param {Api} api @param {string} value
 * @returns {Promise<{picture: HTMLImageElement, layer: MaskLayer}>} */
export async function loaded(api, value) {
  const named = pictureNamed(value)
  if (!named) throw new Error(value)
  const address = api.view(named), hasMask = !/\.(jpe?g|bmp)$/i.test(named.filename)
  const picture = await image(hasMask ? `${address}&channel=rgb` : address)
  const layer = new MaskLayer(picture.naturalWidth, picture.naturalHeight)
  if (hasMask) layer.load(await maskOf(`${address}&channel=a`, layer.size))
  return {picture, layer}
}

/** @param {string} address @returns {Promise<HTMLImageElement>} */
async function image(address) {
  const made = new Image()
  made.src = address
  await made.decode()
  return made
}

/** @param {string} address @param {{w: number, h: number}} size */
async function maskOf(address, {w, h}) {
  const held = await image(address), canvas = document.createElement("canvas")
  Object.assign(canvas, {width: w, height: h})
  const ctx = canvas.getContext("2d", {willReadFrequently: true})
  if (!ctx) return new Uint8ClampedArray(w * h)
  ctx.drawImage(held, 0, 0, w, h)
  return alphaOf(ctx, {x: 0, y: 0, w, h}).map(value => 255 - value)
}

/** Store a picture with the mask that was painted on it. Throws Error with a sentence.
 * @param {Api} api @param {string} value what names the picture @param {MaskLayer} layer
 * @returns {Promise<string>} what names it now */
export async function stored(api, value, layer) {
  const form = new FormData()
  form.append("image", await fileOf(layer), `clipspace-mask-${Date.now()}.png`)
  form.append("type", "input")
  form.append("subfolder", FOLDER)
  form.append("original_ref", stringify(pictureNamed(value)))
  const said = await api.post("/upload/mask", form)
  const folder = said.subfolder ? `${said.subfolder}/` : ""
  return `${folder}${said.name} [${said.type ?? "input"}]`
}
