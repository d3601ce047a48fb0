// @ts-check
/** Where things are on the screen, for whoever drives the page from outside with a mouse: tests, and
 * tools for people who can't see the canvas. Reads only; nothing can be changed through it. */

/** @import {App, Box, Point} from "../types.js" */

import {toScreen} from "../view/camera.js"

/** All in pixels of the page.
 * @param {App} app @param {HTMLElement} canvas */
export function placesOn(app, canvas) {
  const {session, scene} = app
  const {left, top} = canvas.getBoundingClientRect()
  const point = (/** @type {Point} */ at) => {
    const {x, y} = toScreen(session.camera, at)
    return {x: x + left, y: y + top}
  }
  const box = (/** @type {Box} */ {x, y, w, h}) => {
    const {zoom} = session.camera
    return {...point({x, y}), w: w * zoom, h: h * zoom}
  }
  const nodes = [...scene.nodes.values()].map(place => ({
    id: place.id,
    title: place.title,
    type: place.node.class_type,
    box: box(place.box),
    picture: place.picture && box(place.picture),
    sockets: place.sockets.map(({side, name, x, y}) => ({side, name, ...point({x, y})})),
    widgets: place.widgets.map(({name, box: own}) => ({name, box: box(own)})),
  }))
  const links = [...scene.links.values()].map(({key, points}) => ({key, points: points.map(point)}))
  return {zoom: session.camera.zoom, where: scene.where, nodes, links, selection: [...session.selection]}
}
