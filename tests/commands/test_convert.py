"""`convert` and `nodes --coverage` from the command line."""

import json
from pathlib import Path

import pytest

import main
from engine.convert.api import to_api
from engine.convert.opening import read_any
from tests.convert.cases import FOLDER, library, wrong

PLAIN = FOLDER / "plain.ui.json"
DEFINITIONS = str(FOLDER / "object_info.json")


def converted(capsys, *arguments):
    code = main.main(["convert", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_api_form_is_printed(capsys):
    code, out, err = converted(capsys, PLAIN, "--object-info", DEFINITIONS)
    assert (code, err) == (0, "")
    assert wrong("plain", json.loads(out)) == []


@pytest.mark.parametrize("form", ["easel", "ui"])
def test_what_is_printed_in_another_form_runs_the_same(capsys, form):
    _, out, _ = converted(capsys, PLAIN, "--to", form, "--object-info", DEFINITIONS)
    graph, notes = read_any(out.encode(), "printed", library())
    assert not notes
    assert wrong("plain", to_api(graph, library())) == []


def test_an_unknown_type_is_named_beside_the_result(capsys):
    code, out, err = converted(capsys, FOLDER / "missing-type.ui.json")
    assert code == 0
    assert json.loads(out)["6"]["inputs"]["samples"] == ["5", 0]
    assert "GrainyDecoder: its type is not known" in err


@pytest.mark.parametrize("place", ["nowhere.json", "http://127.0.0.1:9/"])
def test_definitions_that_are_not_there_are_told(capsys, place):
    code, out, err = converted(capsys, PLAIN, "--object-info", place)
    assert (code, out) == (2, "")
    assert place in err


def test_a_file_that_is_no_workflow_is_told(capsys, tmp_path):
    path = Path(tmp_path, "x.json")
    path.write_text("[1]")
    code, _, err = converted(capsys, path)
    assert code == 2
    assert err.startswith(f"{path}: expected a JSON object")


def test_coverage_lists_what_is_lacking(capsys):
    assert main.main(["nodes", "--coverage", str(FOLDER / "missing-type.ui.json")]) == 0
    out = capsys.readouterr().out
    assert "1 in     1 GrainyDecoder" in out
    assert "lacking for 1 workflows" in out
