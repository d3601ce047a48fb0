"""The real page in headless Chromium: one browser for all tests, a fresh window for each."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.web.hands import Window
from tests.web.pasted import begin

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ROOT = Path(__file__).resolve().parent.parent.parent


HERE = Path(__file__).parent
_open = ExitStack()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """While a browser is open it holds an event loop, and the tests after these start theirs."""
    if nextitem is None or HERE not in nextitem.path.parents:
        _open.close()


@pytest.fixture
def browser() -> Browser:
    """One for all tests of the page."""
    return _browser()


@cache
def _browser() -> Browser:
    playwright = _open.enter_context(sync_playwright())
    found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    _open.callback(_browser.cache_clear)
    _open.callback(found.close)
    return found


@pytest.fixture(scope="session")
def easel(tmp_path_factory) -> Iterator[str]:
    """The address of a whole Easel with the shipped model, for every test that draws."""
    place = tmp_path_factory.mktemp("easel")
    with served(place) as address:
        yield address


@contextmanager
def served(place: Path, *flags: str) -> Iterator[str]:
    """A server of its own: `python main.py`; ended with all its workers."""
    named = ("user", "output", "temp", "input")
    for name in named:
        (place / name).mkdir(exist_ok=True)
    folders = [part for name in named for part in (f"--{name}", str(place / name))]
    command = [sys.executable, "-u", "main.py", "--no-setup", "--port", "0", *folders, *flags]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield line.rpartition(" ")[2].strip().rstrip("/")
    finally:
        process.terminate()
        process.wait(20)


class Toys:
    """A server with toy nodes, which is there at once. It can be killed, and started again where
    it was."""

    def __init__(self, place: Path) -> None:
        self.place, self.port = place, 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.server.site", str(self.place), "1", str(self.port)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def _toys(tmp_path_factory) -> Iterator[Toys]:
    found = Toys(tmp_path_factory.mktemp("toys"))
    yield found
    found.kill()


@pytest.fixture
def toys(_toys) -> Iterator[Toys]:
    """One server for the tests of a file; it is there again after a test that left it dead."""
    yield _toys
    if not _toys.running:
        _toys.start()


@pytest.fixture
def windows(browser) -> Iterator["Opener"]:
    opener = Opener(browser)
    yield opener
    opener.close()


@pytest.fixture
def on(easel, windows):
    """A window with a whole workflow on its canvas."""

    def opened(document, **more):
        window = windows.open(easel, document, **more)
        window.before = begin(window)
        return window

    return opened


class Opener:
    """Opens windows of one person each, and closes them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts = []

    def open(self, address: str, document: str = "", **more) -> Window:
        return self.new(address, **more).go(document)

    def new(self, address: str, width=1600, height=900, **more) -> Window:
        """A window that shows nothing yet."""
        more.setdefault("color_scheme", "dark")
        more.setdefault("reduced_motion", "reduce")
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="en-US", **more
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
        self.contexts.append(context)
        return Window(context.new_page(), address)

    def close(self) -> None:
        for context in self.contexts:
            context.close()
