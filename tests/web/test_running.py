"""Running: what waits and what is seen of it, what went wrong and the way out."""

import json
from io import BytesIO
from urllib.request import Request, urlopen

import pytest
from PIL import Image

from tests.web.conftest import Toys
from tests.web.hands import Spot
from tests.web.pasted import node, paste

CHANGE = "Run on every change"


@pytest.fixture
def on(toys, windows):
    """A window with nodes of some types, one beside the other; afterwards nothing of it waits or is
    listed."""

    def opened(document, *types):
        window = windows.open(toys.address, document)
        for count, type in enumerate(types):
            window.add(type, Spot(150 + 320 * count, 160))
            window.until(lambda n=count: len(window.places["nodes"]) == n + 1, f"a node {type}")
        return window

    yield opened
    for path, body in (
        ("queue", b'{"paused": false, "clear": true}'),
        ("history", b'{"clear": true}'),
    ):
        request = Request(f"{toys.address}/{path}", body, {"Content-Type": "application/json"})
        urlopen(request).close()


def sleep(window, seconds):
    """Run the node so long."""
    window.write("Sleep", "seconds", seconds)
    window.press("Enter")
    window.press("Control+Enter")


def jobs(window, status="completed", doc=""):
    listed = window.page.request.get(f"{window.address}/jobs?status={status}").json()["jobs"]
    return [job for job in listed if job["doc"] == (doc or window.name)]


def waiting(window):
    """Ids of the jobs that wait, as the panel shows them."""
    rows = window.page.get_by_role("list", name="Waiting").get_by_role("listitem")
    return rows.evaluate_all("all => all.map(row => row.dataset.job)")


def _kept(window, setting):
    """A setting as the server keeps it."""
    kept = window.page.request.get(f"{window.address}/settings").json()
    return next((value for name, value in kept.items() if name.endswith(setting)), None)


def names(window):
    """What a screen reader is told of the nodes."""
    nodes = window.page.get_by_role("listbox", name="Nodes")
    nodes.focus()
    return nodes.get_by_role("option").all_inner_texts()


def test_a_run_waits_visibly_while_the_worker_starts(tmp_path, windows):
    hold = tmp_path / "user" / "hold"
    hold.parent.mkdir()
    hold.touch()
    toys = Toys(tmp_path)
    try:
        window = windows.open(toys.address, "early")
        window.add("Sleep", Spot(300, 200))
        window.node("Sleep")
        window.press("Control+Enter")
        window.page.get_by_text("the worker is starting").wait_for()
        window.until(lambda: len(waiting(window)) == 1, "a job that waits")
        assert window.button("Stop 1").is_visible()
        hold.unlink()
        window.page.get_by_text("done, no picture").wait_for()
        assert window.page.get_by_text("the worker is starting").is_hidden()
        assert not window.errors
    finally:
        toys.kill()


def test_runs_are_counted_moved_cancelled_and_paused(on):
    window = on("many", "Number", "Show")
    window.link(("Number", "INT"), ("Show", "value"))
    window.command("Pause")
    window.button("How it runs").click()
    window.type("3")
    window.press("Escape")
    window.button("Run × 3").click()
    window.until(lambda: len(waiting(window)) == 3, "three that wait")
    window.page.get_by_text("the queue is paused").wait_for()
    one, two, three = waiting(window)
    window.button("Move many, now number 1").focus()
    window.press("ArrowDown")
    window.until(lambda: waiting(window) == [two, one, three], "moved by the keyboard")
    rows = window.page.get_by_role("list", name="Waiting").get_by_role("listitem")
    rows.nth(2).drag_to(rows.nth(0))
    window.until(lambda: waiting(window) == [three, two, one], "moved by the mouse")
    rows.nth(1).hover()
    rows.nth(1).get_by_role("button", name="Cancel").click()
    window.until(lambda: waiting(window) == [three, one], "cancelled")
    window.press("Control+Shift+Enter")
    window.until(lambda: len(waiting(window)) == 5, "three more")
    assert waiting(window)[3:] == [three, one], "run first goes before all"
    window.button("Go on").click()
    window.until(lambda: len(jobs(window)) == 5, "all are done")
    window.until(lambda: window.page.get_by_text("done, no picture").count() == 5, "and listed")
    window.button("How it runs").click()
    window.type("1")
    window.press("Escape")
    window.until(lambda: _kept(window, "run.count") == 1, "one at a time again")
    assert not window.errors


def test_what_runs_shows_how_far_it_is_and_is_stopped(on):
    window = on("long", "Sleep")
    sleep(window, "40")
    bar = window.page.get_by_role("progressbar", name="long")
    bar.wait_for()
    window.page.get_by_text("Sleep", exact=False).first.wait_for()
    row = window.page.get_by_role("list", name="Running").get_by_role("listitem")
    window.until(lambda: row.inner_text().rstrip().endswith("s"), "seconds that are left")
    window.until(lambda: names(window) == ["Sleep, running"], "it runs, for a screen reader too")
    window.button("Stop 1").click()
    window.page.get_by_text("cancelled").wait_for()
    assert window.button("Stop 1").is_hidden()
    assert not window.errors


def test_what_runs_is_interrupted_by_the_keyboard_and_what_waits_goes_on(on):
    window = on("interrupted", "Sleep")
    sleep(window, "40")
    window.page.get_by_role("progressbar", name="interrupted").wait_for()
    sleep(window, "0")
    window.until(lambda: len(waiting(window)) == 1, "another that waits")
    window.press("Control+Alt+Enter")
    window.until(lambda: len(jobs(window, "cancelled")) == 1, "the first is over")
    window.until(lambda: len(jobs(window)) == 1, "and the second is done")
    assert not window.errors


def test_the_time_of_each_node_is_shown_on_demand(on):
    window = on("times", "Sleep")
    sleep(window, "0.3")
    window.until(lambda: len(jobs(window)) == 1, "it is done")
    window.click(Spot(700, 700))
    box = window.node("Sleep")["box"]
    head = {"x": box["x"] + box["w"] / 2, "y": box["y"], "width": box["w"] / 2, "height": 34}
    window.page.wait_for_timeout(200)

    def switched():
        before = window.page.screenshot(clip=head)
        window.command("Show times on nodes")
        window.page.get_by_role("dialog").wait_for(state="detached")  # it dims what is behind
        window.until(lambda: window.page.screenshot(clip=head) != before, "another header")
        return before, window.page.screenshot(clip=head)

    bare, timed = switched()
    assert switched() == (timed, bare)
    window.press("Control+,")
    window.page.get_by_role("tab", name="Canvas").click()
    window.page.get_by_role("switch", name="Show the time of each node").click()
    window.press("Escape")
    window.until(lambda: window.page.screenshot(clip=head) == timed, "the time again")
    window.until(lambda: _kept(window, "view.times") is True, "kept on the server")
    window.command("Show times on nodes")
    window.until(lambda: not _kept(window, "view.times"), "off again")
    assert not window.errors


def test_it_runs_on_every_change_that_can_change_the_outcome(on):
    window = on("auto", "Number", "Show")
    window.link(("Number", "INT"), ("Show", "value"))
    window.button("How it runs").click()
    window.page.get_by_role("switch", name=CHANGE).click()
    window.press("Escape")
    window.write("Number", "value", "21")
    window.press("Enter")
    window.until(lambda: len(jobs(window)) == 1, "a run by itself")
    start = window.header("Number")
    window.drag(start, start.by(0, 200))
    window.write("Number", "value", "22")
    window.press("Enter")
    window.until(lambda: len(jobs(window)) == 2, "another")
    window.button("How it runs").click()
    window.page.get_by_role("switch", name=CHANGE).click()
    window.press("Escape")
    window.page.wait_for_timeout(500)
    assert len(jobs(window)) == 2, "moving a node runs nothing"
    window.until(lambda: not _kept(window, "run.onChange"), "off again")


def test_a_chosen_node_runs_with_what_it_needs_and_no_more(on):
    window = on("part", "Number", "Double", "Fail")
    window.link(("Number", "INT"), ("Double", "value"))
    window.click(window.header("Double"), button="right")
    window.choose("Run to the selected nodes")
    window.until(lambda: len(jobs(window)) == 1, "done, though another node would fail")
    assert not jobs(window, "failed")
    window.press("Escape")
    window.click(window.header("Double"), button="right")
    window.choose("Run to the selected nodes")
    window.until(lambda: len(jobs(window)) == 2, "again")
    window.until(lambda: names(window)[:2] == ["Number, kept", "Double, kept"], "marks")


def test_a_node_that_fails_says_so_and_gives_a_report(on):
    window = on("wrong", "Fail")
    window.press("Control+Enter")
    window.button("Copy report").click()
    window.said("The report is on the clipboard.")
    report = window.page.evaluate("navigator.clipboard.readText()")
    for part in ("# wrong: failed", "ValueError: no 0", "Traceback", "Python 3.", "torch 2."):
        assert part in report
    graph = json.loads(report.split("```json\n")[1].split("\n```")[0])
    assert [node["class_type"] for node in graph.values()] == ["Fail"]
    window.until(lambda: names(window) == ["Fail, failed, no 0"], "its name tells it")
    window.click(Spot(700, 600))
    assert not window.places["selection"]
    window.page.get_by_role("tab", name="Problems 1").click()
    window.button("Fail no 0").click()
    window.page.get_by_role("tab", name="Queue").click()
    (before,) = jobs(window, "failed")
    window.button("Retry").first.click()
    again = "execution_start_time"
    window.until(
        lambda: [job[again] for job in jobs(window, "failed")] not in ([before[again]], []), "again"
    )
    assert window.places["selection"] == [f"nodes/{window.node('Fail')['id']}"]
    assert not window.errors


def test_the_sentence_of_a_node_that_failed_is_read_over_the_node_below_it(on):
    window = on("covered", "Fail", "Number")
    below, under = window.node("Number")["box"], window.node("Fail")["box"]
    window.drag(
        window.header("Number"),
        window.header("Number").by(
            under["x"] - below["x"], under["y"] + under["h"] + 2 - below["y"]
        ),
    )
    window.click(Spot(700, 700))
    under, below = window.node("Fail")["box"], window.node("Number")["box"]
    assert abs(below["y"] - under["y"] - under["h"] - 2) < 3
    clip = {"x": below["x"] + 4, "y": below["y"] + 4, "width": 60, "height": 20}

    def red():
        shot = Image.open(BytesIO(window.page.screenshot(clip=clip))).convert("RGB")
        return sum(r > g + 60 and r > b + 60 for r, g, b in shot.get_flattened_data())

    assert red() == 0
    window.press("Control+Enter")
    window.button("Copy report").wait_for()
    window.until(lambda: red() > 20, "the sentence, in red")
    window.click(Spot(clip["x"] + 8, clip["y"] + 10))
    window.page.get_by_role("tab", name="Problems 1", selected=True).wait_for()
    assert not window.errors


def test_of_very_many_problems_the_first_are_listed_and_the_others_counted(on):
    window = on("many problems")
    nodes = {f"n{number:03}": node("Show", (10 * number, 100)) for number in range(230)}
    paste(window, json.dumps({"format": "easel/1", "nodes": nodes}), Spot(300, 300))
    window.page.get_by_role("tab", name="Problems 230").click()
    window.page.get_by_text("And 30 more.").wait_for()
    assert window.page.locator(".problems li").count() == 200
    window.press("Control+z")
    window.page.get_by_text("Nothing is wrong.").wait_for()
    assert not window.errors


def test_problems_are_shown_while_wiring_before_anything_runs(on):
    window = on("wiring", "Show", "Number")
    window.page.get_by_role("tab", name="Problems 1").click()
    window.button("Show").click()
    window.until(lambda: "has a problem" in names(window)[0], "its name tells it")
    window.link(("Number", "INT"), ("Show", "value"))
    window.page.get_by_text("Nothing is wrong.").wait_for()
    assert jobs(window) == jobs(window, "failed") == []


def test_the_log_is_read_and_memory_is_freed(on):
    window = on("log")
    window.button("Menu").click()
    window.choose("Log")
    window.page.get_by_text("memory").first.wait_for()
    window.button("Free models").click()
    window.said("Models are freed.")
    window.button("Empty cache").click()
    window.said("The cache is empty.")
    assert not window.errors


BATCH = {
    "1": {
        "class_type": "CheckpointLoaderSimple",
        "inputs": {"ckpt_name": "easel-emoji.safetensors"},
    },
    "2": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": "a red apple"}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": ""}},
    "4": {
        "class_type": "EmptyLatentImage",
        "inputs": {"width": 128, "height": 128, "batch_size": 2},
    },
    "5": {
        "class_type": "KSampler",
        "inputs": {
            **{"model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0]},
            **{"latent_image": ["4", 0], "seed": 7, "steps": 6, "cfg": 4.0},
            **{"sampler_name": "dpmpp_2m", "scheduler": "karras", "denoise": 1.0},
        },
    },
    "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
    "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "pair"}},
}


def test_a_batch_is_a_grid_seen_large_compared_kept_and_used_again(easel, windows):
    window = windows.open(easel, "pictures")
    window.drop("pair.json", json.dumps(BATCH).encode())
    window.until(lambda: window.name == "pair", "the graph that was dropped")
    window.press("Control+Enter")
    window.until(lambda: len(jobs(window)) == 1, "it has run", 90)
    window.until(lambda: window.node("Save image")["picture"], "pictures on their node")
    window.command("fit")
    box = window.node("Save image")["picture"]
    window.click(Spot(box["x"] + box["w"] * 0.25, box["y"] + box["h"] / 2))
    large = window.page.get_by_role("dialog")
    large.get_by_text("1 of 2").wait_for()
    window.press("ArrowRight")
    large.get_by_text("2 of 2").wait_for()
    with window.page.expect_download() as download:
        large.get_by_label("Download").click()
    assert Image.open(BytesIO(download.value.path().read_bytes())).size == (128, 128)
    window.button("Compare with the one before").click()
    slider = window.page.get_by_role("slider")
    slider.focus()
    before = slider.input_value()
    window.press("ArrowRight")
    assert slider.input_value() != before
    window.press("Escape")
    window.press("Escape")
    large.first.wait_for(state="detached")
    tile = window.button("Picture pair_00002_.png")
    tile.click(button="right")
    window.choose("Use as input")
    window.node("Load image")
    window.saved(
        lambda found: any(
            node.get("inputs", {}).get("image") == "pair_00002_.png"
            for node in found["nodes"].values()
        ),
        "a node with the picture",
    )
    window.press("Control+z")
    window.press("Control+Enter")
    window.until(lambda: len(jobs(window)) == 2, "again")
    window.until(lambda: "Sampler, kept" in names(window), "marked as kept")
    assert not window.errors
