"""Every exception that Easel raises, in one tree. Imports nothing.

    EaselError
    ├── GraphError          the workflow is wrong
    │   ├── FileProblem     a workflow file can't be read
    │   ├── EditRefused     an edit does not fit the workflow
    │   └── InvalidGraph    it was checked, and has problems
    ├── RunError            running it failed
    │   ├── NodeFailed      a node raised; wraps the cause once
    │   ├── ModelFileError  a model file is missing, damaged, or of an unknown kind
    │   ├── InputFileError  a picture or latent given as input can't be used
    │   ├── OutputError     a result can't be written
    │   ├── OutOfMemory     the device is full, and freeing did not help
    │   └── Cancelled       someone asked to stop
    ├── StoreError          what must survive a restart can't be kept
    └── PackError           someone's node pack is wrong

The first line of `str(error)` is one sentence for people; the fields are for programs.
"""

from collections.abc import Mapping, Sequence
from typing import Any


class EaselError(Exception):
    """The root: whatever is caught as this has a sentence that a user can read."""


class GraphError(EaselError):
    """The workflow is wrong."""


class FileProblem(GraphError):
    """A workflow file can't be read: what, where, and how to mend it."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class EditRefused(GraphError):
    """An edit does not fit the workflow as it is; `path` says where, the sentence why."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


class InvalidGraph(GraphError):
    """The graph was checked and can't run; `problems` lists everything that is wrong."""

    def __init__(self, problems: Sequence[Any]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class RunError(EaselError):
    """Running the workflow failed."""


class NodeFailed(RunError):
    """A node raised. `inputs` describes what it was given; no tensor is kept."""

    def __init__(self, node: str, class_type: str, inputs: Mapping[str, str], cause: str) -> None:
        super().__init__(f"{class_type} (node {node}) failed: {cause}")
        self.node = node
        self.class_type = class_type
        self.inputs = dict(inputs)


class ModelFileError(RunError):
    """A model file is missing, damaged, or of a kind that is not known."""


class InputFileError(RunError):
    """A picture, mask or latent that a node was to read can't be used."""


class OutputError(RunError):
    """A result can't be written: the folder is full, read-only, or gone."""


class OutOfMemory(RunError):
    """The device is full even after everything that could make room has gone."""


class Cancelled(RunError):
    """The run was asked to stop. Not a failure: nothing needs mending."""

    def __init__(self, message: str = "The run was cancelled.") -> None:
        super().__init__(message)


class StoreError(EaselError):
    """The file of jobs and documents can't be used."""


class PackError(EaselError):
    """A node pack is wrong: `pack` names it, the sentence says what and where."""

    def __init__(self, pack: str, message: str) -> None:
        super().__init__(f"pack {pack}: {message}")
        self.pack = pack
