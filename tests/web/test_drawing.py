"""A picture is drawn by hand: the first open, and a graph wired from an empty canvas."""

from io import BytesIO

from PIL import Image

from tests.web.hands import Spot


def test_the_first_open_shows_a_workflow_that_one_press_runs(easel, windows):
    window = windows.open(easel)
    titles = {node["title"] for node in window.places["nodes"]}
    assert {"Load checkpoint", "Prompt", "Sampler", "Decode", "Save image"} <= titles
    window.press("Control+Enter")
    window.until(lambda: window.node("Sampler")["picture"], "a preview in the sampler", 90)
    window.until(lambda: window.node("Save image")["picture"], "the picture on the canvas", 90)
    assert not window.errors


def test_a_picture_is_drawn_from_an_empty_canvas_by_mouse_and_keyboard_alone(easel, windows):
    window = windows.open(easel, "by hand")
    columns = [
        ("CheckpointLoaderSimple", 80, 130),
        ("CLIPTextEncode", 400, 130),
        ("CLIPTextEncode", 400, 420),
        ("EmptyLatentImage", 80, 420),
        ("KSampler", 760, 130),
        ("VAEDecode", 1080, 130),
        ("SaveImage", 1080, 320),
    ]
    for count, (type, x, y) in enumerate(columns, 1):
        window.add(type, Spot(x, y))
        window.until(lambda n=count: len(window.places["nodes"]) == n, f"node {count}")
    upper, lower = sorted(window.nodes("CLIPTextEncode"), key=lambda one: one["box"]["y"])

    def end(node, side, name):
        one = next(s for s in node["sockets"] if (s["side"], s["name"]) == (side, name))
        return Spot(one["x"], one["y"])

    def join(source, output, target, input):
        window.drag(end(source, "out", output), end(target, "in", input))

    checkpoint, latent = window.node("CheckpointLoaderSimple"), window.node("EmptyLatentImage")
    sampler, decode, save = (window.node(t) for t in ("KSampler", "VAEDecode", "SaveImage"))
    join(checkpoint, "MODEL", sampler, "model")
    join(checkpoint, "CLIP", upper, "clip")
    join(checkpoint, "CLIP", lower, "clip")
    join(checkpoint, "VAE", decode, "vae")
    join(upper, "CONDITIONING", sampler, "positive")
    join(lower, "CONDITIONING", sampler, "negative")
    join(latent, "LATENT", sampler, "latent_image")
    join(sampler, "LATENT", decode, "samples")
    join(decode, "IMAGE", save, "images")
    for name, value in (("width", "128"), ("height", "64*2")):
        window.write("EmptyLatentImage", name, value)
        window.press("Enter")
    box = upper["widgets"][0]["box"]
    window.click(Spot(box["x"] + 30, box["y"] + 12))
    window.type("a red apple, fluent 3d style, white background")
    window.press("Control+Enter")
    window.until(lambda: window.node("SaveImage")["picture"], "the picture", 90)
    graph = window.document()["nodes"].values()
    by_type = {node["class_type"]: node["inputs"] for node in graph}
    assert by_type["EmptyLatentImage"]["height"] == 128
    assert by_type["KSampler"]["latent_image"][1] == 0
    picture = _last_picture(window)
    assert picture.size == (128, 128)
    red, green, _ = picture.getpixel((64, 70))
    assert red > 150 > green, "the middle of a red apple"
    assert not window.errors


def _last_picture(window) -> Image.Image:
    jobs = window.page.request.get(f"{window.address}/jobs?status=completed&limit=1").json()["jobs"]
    output = jobs[0]["preview_output"]
    query = f"filename={output['filename']}&subfolder={output['subfolder']}&type={output['type']}"
    answer = window.page.request.get(f"{window.address}/view?{query}")
    return Image.open(BytesIO(answer.body())).convert("RGB")
