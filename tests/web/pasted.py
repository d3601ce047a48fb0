"""A workflow as it comes from another program: by the clipboard, as JSON text."""

import json

from tests.web.hands import Spot, Window

LARGEST = 18446744073709551615
CORNER = Spot(90, 130)  # of what `begin` pastes; canvas units are pixels there


def node(type, place, title="", **inputs):
    look = {"place": list(place), **({"title": title} if title else {})}
    return {"class_type": type, "inputs": inputs, "look": look}


GRAPH = {
    "format": "easel/1",
    "nodes": {
        "loader": node("CheckpointLoaderSimple", (0, 0), ckpt_name="easel-emoji.safetensors"),
        "words": node("CLIPTextEncode", (290, 0), "Words", clip=["loader", 1], text="a red apple"),
        "unwanted": node("CLIPTextEncode", (290, 190), "Unwanted", clip=["loader", 1], text=""),
        "size": node("EmptyLatentImage", (290, 420), width=128, height=128, batch_size=1),
        "sampler": {
            **node(
                "KSampler",
                (640, 0),
                seed=LARGEST,
                steps=20,
                cfg=4.0,
                sampler_name="dpmpp_2m",
                scheduler="karras",
                denoise=1.0,
                model=["loader", 0],
                positive=["words", 0],
                negative=["unwanted", 0],
                latent_image=["size", 0],
            ),
            "after_run": {"seed": "fixed"},
        },
        "decode": node("VAEDecode", (980, 0), samples=["sampler", 0], vae=["loader", 2]),
        "show": node("PreviewImage", (980, 180), "Show", images=["decode", 0]),
    },
}


def begin(window: Window, graph=GRAPH) -> dict:
    """Paste a workflow into an empty document; the document that comes of it."""
    close = window.page.get_by_role("button", name="Close", exact=True)
    if close.is_visible():
        close.click()
    paste(window, json.dumps(graph), CORNER)
    window.until(lambda: len(window.places["nodes"]) == len(graph["nodes"]), "what was pasted")
    window.click(Spot(1500, 800))
    window.saved(lambda held: len(held["nodes"]) == len(graph["nodes"]), "what was pasted")
    return window.document()


def paste(window: Window, text: str, at: Spot, keys: str = "Control+v") -> None:
    """Paste a text of the clipboard."""
    window.page.bring_to_front()
    window.page.evaluate("text => navigator.clipboard.writeText(text)", text)
    window.page.mouse.move(at.x, at.y)
    window.press(keys)


def copied(window: Window) -> dict:
    """What a copy of the selection puts into the clipboard."""
    window.page.evaluate("navigator.clipboard.writeText('')")
    window.press("Control+c")
    read = "navigator.clipboard.readText()"
    window.until(lambda: window.page.evaluate(read).startswith("{"), "a copy")
    return json.loads(window.page.evaluate(read))


def typed(document, type):
    """The one node of a type in a document."""
    (found,) = [one for one in document["nodes"].values() if one["class_type"] == type]
    return found
