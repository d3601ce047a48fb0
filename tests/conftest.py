"""Tests run in two processes; those of one file stay together, and so do all of the real page."""

from pathlib import Path

import pytest

PAGE = Path(__file__).parent / "web"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, beside the many quick ones; of the page, those last that
    open a browser: it holds an event loop, and the others start theirs."""
    items.sort(key=lambda item: (PAGE not in item.path.parents, "browser" in item.fixturenames))
    for item in items:
        group = "page" if PAGE in item.path.parents else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
