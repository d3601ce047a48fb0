"""The first page: small, in one round, and what comes later comes when it is asked for."""

import json

from playwright.sync_api import expect

from tests.web.hands import Window
from tests.web.pasted import CORNER, GRAPH, begin, paste
from tools.page_modules import WEB, modules, written

MOST = 300_000  # bytes
JOBS = ("/view", "/jobs")  # what was drawn before is no part of the page


def test_the_page_asks_at_once_for_all_modules_that_it_begins_with():
    page = (WEB / "index.html").read_text("utf-8")
    wanted = written(page, modules())
    assert page == wanted, "python -m tools.page_modules writes the list anew"


def test_a_page_that_is_new_to_the_browser_travels_in_300_kilobytes(easel, browser):
    context = browser.new_context(viewport={"width": 1600, "height": 900}, locale="en-US")
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    asked, sizes = dict[str, str](), dict[str, float]()
    devtools.on(
        "Network.requestWillBeSent",
        lambda event: asked.update({event["requestId"]: event["request"]["url"]}),
    )
    devtools.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    devtools.send("Network.enable")
    window = Window(page, easel).go()
    window.until(lambda: window.places["nodes"], "the first workflow")
    page.wait_for_timeout(500)
    context.close()
    paths = {asked[id].removeprefix(easel): size for id, size in sizes.items()}
    own = {path: size for path, size in paths.items() if not path.startswith(JOBS)}
    assert "/texts/en.js" in own
    assert "/texts/zh.js" not in own
    assert 50_000 < sum(own.values()) < MOST, own


def test_what_is_typed_before_the_palette_is_loaded_is_found_in_it(easel, windows):
    window = windows.open(easel)
    window.press("Control+k")
    window.page.keyboard.type("select all")
    field = window.page.get_by_role("dialog").get_by_role("combobox")
    expect(field).to_have_value("select all")
    window.press("Enter")
    window.until(lambda: len(window.places["selection"]) > 3, "all nodes are selected")
    assert not window.errors


def test_what_is_pasted_while_examples_come_by_themselves_is_there(easel, windows):
    window = windows.new(easel)
    release = hold(window, "panels/templates.js")
    window.go("pasted early")
    begin(window)
    release()
    assert not window.errors


def test_what_is_pasted_while_something_is_fetched_is_there_after_it(easel, windows):
    window = windows.new(easel)
    release = hold(window, "document/subgraphs.js")
    window.go("pasted late")
    begin(window)
    window.click(window.header("Sampler"))
    window.press("Control+Shift+e")
    paste(window, json.dumps(GRAPH), CORNER)
    release()
    window.until(lambda: len(window.places["nodes"]) == 2 * len(GRAPH["nodes"]), "both")
    window.saved(lambda held: held.get("subgraphs"), "a subgraph")
    assert not window.errors


def test_what_is_pasted_before_the_palette_is_there_goes_into_it(easel, windows):
    window = windows.new(easel)
    release = hold(window, "panels/palette.js")
    window.go()
    window.press("Control+k")
    window.type("nothing like it")
    window.press("Control+a")
    paste(window, "select all", CORNER)
    release()
    expect(window.page.get_by_role("dialog").get_by_role("combobox")).to_have_value("select all")
    assert not window.errors


def test_a_server_that_is_not_there_yet_is_asked_until_it_is(easel, windows):
    window = windows.new(easel)
    held = []

    def wait(route):
        held.append(route)

    window.page.route("**/object_info", wait)
    window.page.goto(f"{easel}/")
    for _ in range(2):
        window.until(lambda: held, "it is asked")
        held.pop().abort()
        expect(window.page.get_by_role("status")).to_have_text(
            "The server does not answer as it should. It is asked again every second."
        )
    window.until(lambda: held, "and once more")
    held.pop().continue_()
    window.ready()
    window.until(lambda: window.places["nodes"], "the first workflow")
    assert window.page.locator(".alone").count() == 0
    assert not window.errors


def hold(window, module):
    """Let a module wait on its way; returns what lets it through once the page has asked for it."""
    asked = []

    def wait(route):
        asked.append(route)

    def release():
        window.until(lambda: asked, f"{module} is asked for")
        asked[0].continue_()

    window.page.route(f"**/{module}", wait)
    return release


def test_a_panel_that_is_opened_twice_before_it_is_loaded_is_shut_again(easel, windows):
    window = windows.open(easel)
    window.press("w")
    window.press("w")
    window.press("m")
    drawer = window.page.get_by_role("region", name="Models")
    expect(drawer.get_by_role("searchbox")).to_have_count(1)
    assert not window.errors


def test_what_can_not_be_loaded_is_said_and_can_be_tried_again(easel, windows):
    window = windows.open(easel)
    window.page.context.set_offline(True)
    window.press("?")
    said = window.page.get_by_text("This part of the page could not be loaded")
    said.wait_for()
    window.page.context.set_offline(False)
    window.page.get_by_role("button", name="Try again").click()
    expect(window.page.get_by_role("dialog", name="Help")).to_be_visible()
    assert not window.errors
