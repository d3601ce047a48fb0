"""Two windows on one document, and a server that is killed and comes back."""

import signal

from tests.web.hands import Spot


def values(window, type="Number", document=""):
    nodes = window.document(document)["nodes"].values()
    return sorted(n.get("inputs", {}).get("value", 0) for n in nodes if n["class_type"] == type)


def boxes(window):
    return {node["id"]: node["box"] for node in window.places["nodes"]}


def two(toys, windows, document):
    """Two windows, with a node in the middle of each."""
    mine, yours = (windows.open(toys.address, document) for _ in range(2))
    mine.add("Number", Spot(500, 300))
    yours.node("Number")
    mine.node("Number")
    return mine, yours


def test_two_windows_see_each_others_edits_names_and_selections(toys, windows):
    mine, yours = two(toys, windows, "together")
    yours.press("Control+,")
    yours.page.get_by_label("Your name").fill("Mei")
    yours.press("Escape")
    mine.page.get_by_role("listitem", name="Mei").wait_for()
    start = mine.header("Number")
    clip = {"x": start.x - 60, "y": start.y - 40, "width": 320, "height": 160}
    mine.click(Spot(200, 600))
    before = mine.page.screenshot(clip=clip)
    yours.click(yours.header("Number"))
    mine.until(lambda: mine.page.screenshot(clip=clip) != before, "a selection, and a cursor")
    mine.drag(start, start.by(120, 96))
    yours.until(lambda: boxes(yours) == boxes(mine) != {}, "a node that moves there too")
    yours.write("Number", "value", "12")
    yours.press("Enter")
    mine.saved(lambda _: values(mine) == [12], "a value")
    mine.click(mine.header("Number"))
    mine.press("Delete")
    yours.until(lambda: not yours.places["nodes"], "a node that goes")
    mine.press("Control+z")
    yours.until(lambda: len(yours.nodes("Number")) == 1, "and comes back")
    yours.page.close()
    mine.page.get_by_role("listitem", name="Mei").wait_for(state="detached")
    assert mine.errors == yours.errors == []


def test_who_looks_at_another_tab_points_at_nothing_in_the_one_before(toys, windows):
    mine, yours = two(toys, windows, "left")
    mine.press("Escape")
    mine.page.mouse.move(300, 700)
    start = mine.header("Number")
    clip = {"x": start.x - 60, "y": start.y - 40, "width": 320, "height": 160}
    mine.page.wait_for_timeout(200)
    before = mine.page.screenshot(clip=clip)
    yours.click(yours.header("Number"))
    mine.until(lambda: mine.page.screenshot(clip=clip) != before, "a selection, and a cursor")
    yours.command("New workflow")
    yours.until(lambda: yours.name != "left", "another document")
    mine.until(lambda: mine.page.screenshot(clip=clip) == before, "as it was")
    assert mine.errors == yours.errors == []


def test_undo_takes_back_ones_own_edits_only(toys, windows):
    mine, yours = two(toys, windows, "undo")
    for count in range(6):
        one, other = (mine, yours) if count % 2 else (yours, mine)
        start = one.header("Number")
        one.add("Double", Spot(150 + 350 * (count // 2), 500 + 150 * (count % 2)))
        both = f"node {count}"
        other.until(lambda n=count, w=other: len(w.nodes("Double")) == n + 1, both)
        assert one.header("Number") == start
    for _ in range(9):
        mine.press("Control+z")
    yours.until(lambda: len(yours.places["nodes"]) == 3, "only what the other made is left")
    for _ in range(9):
        mine.press("Control+y")
    yours.until(lambda: len(yours.places["nodes"]) == 7, "all is there again")
    mine.until(lambda: boxes(mine) == boxes(yours), "and the same")


def test_undo_goes_on_after_a_reload_and_leaves_what_others_have_edited(toys, windows):
    mine, yours = two(toys, windows, "undone later")
    mine.add("Double", Spot(250, 550))
    yours.node("Double")
    mine.write("Number", "value", "5")
    mine.press("Enter")
    mine.saved(lambda _: values(mine) == [5], "a value")
    mine.press("Control+z")
    mine.saved(lambda _: values(mine) == [0], "taken back")
    mine.reload()
    yours.add("Show", Spot(850, 550))
    mine.until(lambda: len(mine.places["nodes"]) == 3, "what the other made")
    mine.press("Control+y")
    mine.saved(lambda _: values(mine) == [5], "done again")
    for _ in range(3):
        mine.press("Control+z")
    mine.until(lambda: len(mine.places["nodes"]) == 1, "only what the other made is left")
    mine.node("Show")
    assert mine.errors == yours.errors == []


def test_editing_goes_on_without_a_line_and_both_agree_afterwards(toys, windows):
    mine, yours = two(toys, windows, "apart")
    for window in (mine, yours):
        window.complete()
    toys.kill()
    for window in (mine, yours):
        window.page.get_by_text("offline, kept here").wait_for()
    mine.add("Double", Spot(250, 550))
    mine.node("Double")
    mine.write("Number", "value", "5")
    mine.press("Enter")
    yours.add("Show", Spot(850, 550))
    yours.node("Show")
    start = yours.header("Number")
    yours.drag(start, start.by(96, 48))
    assert len(mine.places["nodes"]) == len(yours.places["nodes"]) == 2
    toys.start()
    for window in (mine, yours):
        window.until(lambda w=window: len(w.places["nodes"]) == 3, "what both have made")
        window.page.get_by_text("saved", exact=True).wait_for()
    mine.until(lambda: boxes(mine) == boxes(yours), "the same places")
    assert values(mine) == [5]
    assert len(mine.document()["nodes"]) == 3
    assert mine.errors == yours.errors == []


def test_a_server_that_says_nothing_is_taken_for_cut_off_until_it_speaks(toys, windows):
    mine, yours = two(toys, windows, "silent")
    toys.process.send_signal(signal.SIGSTOP)
    try:
        mine.write("Number", "value", "5")
        mine.press("Enter")
        start = yours.header("Number")
        yours.drag(start, start.by(96, 48))
        for window in (mine, yours):
            window.page.get_by_text("offline, kept here").wait_for()
        mine.write("Number", "value", "6")
        mine.press("Enter")
    finally:
        toys.process.send_signal(signal.SIGCONT)
    for window in (mine, yours):
        window.page.get_by_text("saved", exact=True).wait_for()
    mine.until(lambda: boxes(mine) == boxes(yours), "the same places")
    mine.saved(lambda _: values(mine) == [6], "the later value")
    assert len(mine.document()["nodes"]) == 1
    assert mine.errors == yours.errors == []


def test_a_page_whose_server_died_early_fetches_the_rest_when_it_is_back(toys, windows):
    two(toys, windows, "early")
    window = windows.open(toys.address, "early")
    window.node("Number")  # else examples come by themselves
    toys.kill()
    window.page.get_by_text("offline, kept here").wait_for()
    window.page.wait_for_timeout(2500)  # the page has tried
    assert not window.is_complete
    toys.start()
    window.complete()
    toys.kill()
    window.page.get_by_text("offline, kept here").wait_for()
    window.press("?")
    window.page.get_by_role("dialog", name="Help").wait_for()
    toys.start()
    assert not window.errors


def test_unsaved_edits_come_back_after_a_reload_and_a_killed_server(toys, windows):
    window = windows.open(toys.address, "kept")
    window.add("Number", Spot(500, 300))
    window.node("Number")
    window.saved(lambda found: len(found["nodes"]) == 1, "the first node")
    window.complete()
    toys.kill()
    window.page.get_by_text("offline, kept here").wait_for()
    window.write("Number", "value", "77")
    window.press("Enter")
    window.add("Double", Spot(500, 550))
    window.node("Double")
    toys.start()
    window.reload()
    window.until(lambda: len(window.places["nodes"]) == 2, "both nodes")
    window.saved(lambda _: values(window) == [77], "the value")
    window.press("Control+z")
    window.until(lambda: len(window.places["nodes"]) == 1, "and are taken back")
    window.press("Control+z")
    window.saved(lambda _: values(window) == [0], "one by one")
    assert not window.errors
