"""The modules of the editor's first page, for `web/index.html` to ask for at once.

    python -m tools.page_modules

A browser learns of a module's imports only when it has read it: without a list, the page comes in
as many rounds as imports are deep. Writes the list anew; a test says when it is not true.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

WEB: Final = Path(__file__).resolve().parent.parent / "web"
ENTRIES: Final = ("early.js", "app.js")
IMPORT: Final = re.compile(r"""^\s*(?:import|export)\b[^"']*?\bfrom\s+["']([^"']+)["']""", re.M)
LINK: Final = '<link rel="modulepreload" href="{}">\n'
LINKS: Final = re.compile(r'(?:<link rel="modulepreload" href="[^"]*">\n)*(?=</head>)')


def modules(web: Path = WEB) -> list[str]:
    """What the entries import, each after all that it imports itself, without the entries."""
    found = dict[str, None]()
    for entry in ENTRIES:
        _add(web, entry, found)
    return [name for name in found if name not in ENTRIES]


def _add(web: Path, name: str, found: dict[str, None]) -> None:
    seen = set[str]()

    def walk(one: str) -> Iterator[str]:
        if one in seen:
            return
        seen.add(one)
        for path in IMPORT.findall((web / one).read_text("utf-8")):
            yield from walk(posixpath.normpath(posixpath.join(posixpath.dirname(one), path)))
        yield one

    found.update(dict.fromkeys(walk(name)))


def written(page: str, names: list[str]) -> str:
    """The page with links to these modules at the end of its head."""
    return LINKS.sub("".join(map(LINK.format, names)), page, count=1)


def main() -> None:
    """Write the list."""
    index = WEB / "index.html"
    index.write_text(written(index.read_text("utf-8"), modules()), "utf-8")


if __name__ == "__main__":
    main()
