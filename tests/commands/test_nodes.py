"""`main.py nodes`: the library, one node's page, and what is said of an unknown one."""

import json
import subprocess
import sys

import main
from engine.folders import ROOT


def test_all_nodes_are_listed_by_category(capsys):
    assert main.main(["nodes"]) == 0
    told = capsys.readouterr().out
    assert "\nsampling\n  KSampler " in "\n" + told


def test_one_node_is_documented_with_its_ranges(capsys):
    assert main.main(["nodes", "EmptyLatentImage"]) == 0
    told = capsys.readouterr().out
    assert "width" in told
    assert "16 to 16384" in told
    assert "Gives: LATENT" in told


def test_an_unknown_node_is_told_with_the_nearest(capsys):
    assert main.main(["nodes", "KSampla"]) == 2
    assert "Did you mean KSampler?" in capsys.readouterr().err


def test_json_is_object_info(capsys):
    assert main.main(["nodes", "ImageInvert", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ImageInvert"]["input"]["required"] == {
        "image": ["IMAGE", told["ImageInvert"]["input"]["required"]["image"][1]]
    }
    assert told["ImageInvert"]["output"] == ["IMAGE"]


def test_a_reader_that_goes_early_gets_no_traceback():
    command = [sys.executable, str(ROOT / "main.py"), "nodes", "--json"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
    assert process.returncode == main.PIPE_CLOSED


def test_packs_are_listed_unless_flags_leave_them_out(tmp_path, capsys):
    (tmp_path / "bad.py").write_text("import no_such_module_here")
    (tmp_path / "solo.py").write_text(
        "from engine.spec.node import node\n"
        '@node("SoloNode", title="Solo", category="test")\n'
        "def solo(*, a: int = 1) -> int:\n"
        '    """One."""\n'
        "    return a\n"
    )
    place = ["nodes", "--custom-nodes", str(tmp_path)]
    assert main.main(place) == 0
    told = capsys.readouterr()
    assert "[solo]" in told.out
    assert "The pack bad is left out: ModuleNotFoundError" in told.err
    for flags, there in (
        (["--disable-all-custom-nodes"], False),
        (["--disable-all-custom-nodes", "--whitelist-custom-nodes", "solo"], True),
        (["--blacklist-custom-nodes", "bad"], True),
    ):
        assert main.main([*place, *flags]) == 0
        told = capsys.readouterr()
        assert ("[solo]" in told.out) is there
        assert not told.err
