import gc
import weakref
from dataclasses import replace

from engine.execution.shapes import shape_of
from tests.execution.toys import add


def test_a_spec_is_made_ready_once_and_a_changed_one_anew():
    assert shape_of(add.spec) is shape_of(add.spec)
    other = replace(add.spec, revision=lambda: "mended")
    assert shape_of(other).revision == "mended"
    assert shape_of(other) is not shape_of(add.spec)


def test_what_was_made_of_a_spec_goes_with_it():
    spec = replace(add.spec, name="Passing", fingerprint=lambda _context, _inputs: "")
    shape_of(spec)
    gone = weakref.ref(spec.fingerprint)
    del spec
    gc.collect()
    assert gone() is None
