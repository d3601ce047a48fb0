"""Which documents jobs came from, for as long as anybody may want to see their previews."""

from collections import OrderedDict
from typing import Final

REMEMBERED: Final = 2000  # jobs


class Origins:
    """Which document a job came from."""

    def __init__(self) -> None:
        self._names = OrderedDict[str, str]()

    def add(self, job: str, name: str) -> None:
        """Remember it."""
        self._names[job] = name
        while len(self._names) > REMEMBERED:
            self._names.popitem(last=False)

    def rename(self, name: str, to: str) -> None:
        """A document has another name now."""
        for job, known in self._names.items():
            if known == name:
                self._names[job] = to

    def of(self, job: str) -> str | None:
        """The document, if it is known."""
        return self._names.get(job)
