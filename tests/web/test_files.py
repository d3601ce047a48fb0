"""Workflows as files: tabs, names, folders, versions, import and export, examples, libraries."""

import json

from tests.web.hands import Spot
from tests.web.test_running import BATCH

TYPES = "CheckpointLoaderSimple CLIPTextEncode EmptyLatentImage KSampler VAEDecode SaveImage"


def tabs(window):
    """Names of the open documents."""
    bar = window.page.get_by_role("tablist", name="Open workflows")
    return bar.get_by_role("tab").all_inner_texts()


def shows(window, names, name):
    """Wait until these tabs are open and one is shown."""
    window.until(lambda: (tabs(window), window.name) == (names, name), f"{names}, {name} shown")


def listing(window):
    """The open list of workflows; an empty canvas offers examples, too."""
    return window.page.get_by_role("region", name="Workflows")


def listed(window):
    """Names of the documents that the server keeps."""
    return {one["name"] for one in window.page.request.get(f"{window.address}/documents").json()}


def started(toys, windows, document):
    """A window with one node, which is saved; the list of workflows is open."""
    window = windows.open(toys.address, document)
    window.add("Number", Spot(900, 300))
    window.node("Number")
    window.until(lambda: document in listed(window), "a file")
    window.press("w")
    window.page.get_by_role("heading", name="Workflows").wait_for()
    window.button(f"What to do with {document}", exact=True).wait_for()
    return window


def way(window, name, *items):
    window.page.locator(".workflow-list").get_by_title(name, exact=True).hover()
    window.button(f"What to do with {name.split('/')[-1]}", exact=True).click()
    window.choose(*items)


def answer(window, text):
    window.page.get_by_role("dialog").get_by_role("textbox").fill(text)
    window.press("Enter")


def test_workflows_are_named_copied_moved_and_deleted(toys, windows):
    window = started(toys, windows, "sketch")
    way(window, "sketch", "Duplicate")
    window.until(lambda: "sketch 2" in listed(window), "a copy")
    way(window, "sketch 2", "Move to", "New folder")
    answer(window, "drafts")
    window.until(lambda: "drafts/sketch 2" in listed(window), "in a folder")
    way(window, "drafts/sketch 2", "Rename")
    answer(window, "blue")
    window.until(lambda: "drafts/blue" in listed(window), "another name")
    way(window, "drafts/blue", "Move to", "no folder")
    window.until(lambda: "blue" in listed(window), "out of it")
    way(window, "blue", "Delete")
    window.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    window.until(lambda: "blue" not in listed(window), "gone")
    window.page.get_by_role("tab", name="sketch").click()
    window.press("Control+a")
    window.type("a title")
    window.press("Enter")
    window.until(lambda: window.name == "a title", "named in its tab")
    window.until(lambda: {"a title"} <= listed(window), "and on the server")
    assert "sketch" not in listed(window)
    assert len(window.document()["nodes"]) == 1
    assert not window.errors


def test_tabs_come_back_after_a_reload_and_save_asks_for_a_name_only_once(toys, windows):
    window = started(toys, windows, "first")
    window.button("New", exact=True).click()
    window.until(lambda: window.name.startswith("Untitled"), "a new one")
    window.add("Double", Spot(900, 300))
    window.node("Double")
    window.press("Control+s")
    answer(window, "second")
    window.until(lambda: window.name == "second", "its name")
    shows(window, ["first", "second"], "second")
    window.press("Control+s")
    window.said("second")
    window.until(lambda: "second" in listed(window), "a file")
    window.reload()
    shows(window, ["first", "second"], "second")
    window.press("Alt+PageUp")
    window.until(lambda: window.name == "first", "the other tab")
    window.node("Number")
    window.button("Close second").click()
    shows(window, ["first"], "first")
    assert not window.errors


def test_what_was_only_opened_stands_everywhere_and_is_kept_once_it_is_saved(toys, windows):
    place = toys.place / "templates"
    place.mkdir(exist_ok=True)
    graph = {"format": "easel/1", "nodes": {"a": {"class_type": "Number", "inputs": {"value": 5}}}}
    (place / "example.json").write_text(json.dumps(graph))
    window = windows.open(toys.address, "start")
    window.press("w")
    listing(window).get_by_role("button", name="example", exact=True).click()
    window.until(lambda: window.name == "example", "the example")
    window.reload()
    shows(window, ["start", "example"], "example")
    window.node("Number")
    other = windows.open(toys.address, "example")
    other.node("Number")
    other.press("w")
    listing(other).get_by_role("button", name="example", exact=True).click()
    other.until(lambda: other.name == "example 2", "one of its own, since the first is looked at")
    other.button("Close example 2").click()
    assert window.document()["nodes"]["a"] == graph["nodes"]["a"]
    assert not {"start", "example", "example 2"} & listed(window)
    window.press("Control+s")
    window.said("“example” is saved.")
    assert "example" in listed(window)
    window.press("w")
    window.button("New", exact=True).click()
    window.until(lambda: window.name == "Untitled", "a new one")
    window.press("Control+s")
    answer(window, "a name")
    window.until(lambda: window.name == "a name", "its name")
    assert "a name" in listed(window), "and kept"
    window.press("Control+Shift+s")
    answer(window, "a copy")
    window.until(lambda: window.name == "a copy", "shown")
    assert "a copy" in listed(window)
    assert window.errors == other.errors == []


def test_an_earlier_version_is_looked_at_and_gone_back_to(toys, windows):
    window = started(toys, windows, "history")
    address = f"{window.address}/documents/history/versions"
    window.write("Number", "value", "1")
    window.press("Enter")
    window.until(
        lambda: len(window.page.request.get(address).json()) > 0, "a version before the change"
    )
    way(window, "history", "Earlier versions")
    window.page.locator(".drawer-list").get_by_role("button").last.click()
    window.page.get_by_text("one node differs").wait_for()
    window.button("Go back to this").click()
    window.said("It is as it was then.")

    def value(found):
        return [node.get("inputs", {}).get("value", 0) for node in found["nodes"].values()]

    window.saved(lambda found: value(found) == [0], "as it was")
    window.click(Spot(900, 700))
    window.press("Control+z")
    window.saved(lambda found: value(found) == [1], "undone")
    assert not window.errors


def test_every_form_is_exported_and_read_again(toys, windows):
    window = started(toys, windows, "forms")
    window.add("Show", Spot(900, 600))
    window.node("Show")
    window.link(("Number", "INT"), ("Show", "value"))
    window.saved(lambda found: len(found["nodes"]) == 2, "two nodes")
    files = {}
    for form in ("as API", "for ComfyUI", "for Easel"):
        with window.page.expect_download() as download:
            way(window, "forms", "Export", form)
        files[download.value.suggested_filename] = download.value.path().read_bytes()
    assert set(files) == {"forms.api.json", "forms.json", "forms.easel.json"}
    for count, (name, content) in enumerate(files.items(), 2):
        window.drop(name, content)
        window.until(lambda n=count: window.name == f"forms {n}", name)
        window.until(lambda: len(window.places["links"]) == 1, "its link")
        assert len(window.places["nodes"]) == 2
    assert not window.errors


def test_what_an_import_lacks_is_listed_with_the_folder_where_it_belongs(easel, windows):
    window = windows.open(easel, "before")
    graph = json.loads(json.dumps(BATCH))
    graph["1"]["inputs"]["ckpt_name"] = "large.safetensors"
    graph["6"]["class_type"] = "Decoder of a pack"
    window.drop("lacks.json", json.dumps(graph).encode())
    dialog = window.page.get_by_role("dialog", name="lacks: not all of it is here")
    dialog.wait_for()
    rows = [" ".join(row.split()) for row in dialog.get_by_role("listitem").all_inner_texts()]
    assert "Decoder of a pack custom_nodes 1 node" in rows
    assert "large.safetensors models/checkpoints 1 node" in rows
    window.press("Escape")
    assert len(window.nodes("Decoder of a pack")) == 1
    window.page.get_by_role("tab", name="Problems").click()
    window.page.get_by_text("large.safetensors").first.wait_for()
    assert not window.errors


def test_examples_have_pictures_and_open(easel, windows):
    window = windows.open(easel, "examples")
    window.press("w")
    tiles = window.page.locator(".drawer .template")
    tiles.first.wait_for()
    drawn = "[...document.querySelectorAll('.template img')].every(one => one.naturalWidth > 0)"
    window.until(lambda: window.page.evaluate(drawn), "pictures of all")
    assert tiles.count() >= 9
    tiles.nth(2).click()
    window.until(lambda: len(window.places["nodes"]) > 5, "an example")
    window.until(lambda: tabs(window)[0] == "examples", "the first tab stays")
    assert not window.errors


def test_nodes_are_read_about_and_models_have_their_headers_shown(easel, windows):
    window = windows.open(easel, "library")
    window.press("n")
    window.page.get_by_placeholder("Search the library").fill("vae decode")
    window.page.get_by_role("button", name="Decode").first.click()
    window.page.get_by_text("VAEDecode").first.wait_for()
    window.button("Add to the canvas").click()
    window.node("VAEDecode")
    window.click(Spot(1100, 800))
    window.press("m")
    window.button("easel-emoji").click()
    window.page.get_by_role("heading", name="easel-emoji.safetensors").wait_for()
    window.page.get_by_text("The shipped model").wait_for()
    window.button("Load checkpoint").click()
    window.node("CheckpointLoaderSimple")
    assert not window.errors


def test_a_picture_of_the_gallery_opens_the_workflow_it_came_from(easel, windows):
    window = windows.open(easel, "to be found")
    window.drop("small.json", json.dumps({**BATCH, "4": _small()}).encode())
    window.until(lambda: window.name == "small", "the graph")
    window.press("Control+Enter")
    window.page.get_by_role("tab", name="Gallery").click()
    tile = window.button("Picture pair_0")
    window.until(lambda: tile.count() > 0 and window.node("SaveImage")["picture"], "a picture", 90)
    tile.first.click()
    window.button("Open its workflow").click()
    window.until(lambda: window.name.startswith("pair_0"), "its workflow")
    window.saved(
        lambda found: (
            {node["class_type"] for node in found["nodes"].values()} == set(TYPES.split())
        ),
        "all nodes",
    )
    window.press("Control+a")
    assert len(window.places["selection"]) == 7
    assert not window.errors


def _small():
    inputs = {"width": 64, "height": 64, "batch_size": 1}
    return {"class_type": "EmptyLatentImage", "inputs": inputs}
