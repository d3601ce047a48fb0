"""`main.py run` from the outside: pictures, exit codes, events, and every kind of bad input."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import main
from engine import pictures
from engine.graph import files
from tests.tiny import tiny_embedded

ROOT = Path(main.__file__).parent
torch.set_num_threads(1)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    (folder / "checkpoints").mkdir()
    tiny_embedded(folder / "checkpoints" / "tiny.safetensors")
    return folder


@pytest.fixture
def place(tmp_path, models):
    """Flags that keep a run inside the test's own folders."""
    for name in ("in", "out", "user", "temp"):
        (tmp_path / name).mkdir()
    return [
        *("--models", str(models), "--input", str(tmp_path / "in"), "-o", str(tmp_path / "out")),
        *("--user", str(tmp_path / "user"), "--temp", str(tmp_path / "temp"), "--device", "cpu"),
    ]


def _graph(**sampler):
    text = {"class_type": "CLIPTextEncode", "inputs": {"text": "a red fox", "clip": ["m", 1]}}
    settings = {
        **{"seed": 1, "steps": 2, "cfg": 2.0, "sampler_name": "euler", "scheduler": "normal"},
        **{"denoise": 1.0, **sampler},
    }
    links = {"model": ["m", 0], "positive": ["p", 0], "negative": ["p", 0]}
    return {
        "m": {
            "class_type": "CheckpointLoaderSimple",
            "inputs": {"ckpt_name": "tiny.safetensors"},
        },
        "p": text,
        "l": {
            "class_type": "EmptyLatentImage",
            "inputs": {"width": 64, "height": 64, "batch_size": 1},
        },
        "k": {"class_type": "KSampler", "inputs": {**settings, **links, "latent_image": ["l", 0]}},
        "d": {"class_type": "VAEDecode", "inputs": {"samples": ["k", 0], "vae": ["m", 2]}},
        "s": {
            "class_type": "SaveImage",
            "inputs": {"images": ["d", 0], "filename_prefix": "fox"},
            "_meta": {"title": "The fox"},
        },
    }


PICTURE = {
    "1": {
        "class_type": "EmptyImage",
        "inputs": {"width": 8, "height": 8, "batch_size": 1, "color": 255},
    },
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "blue"}},
}


def _file(tmp_path, graph):
    path = tmp_path / "workflow.json"
    path.write_text(graph if isinstance(graph, str) else json.dumps(graph))
    return str(path)


def _changed(node, **inputs):
    graph = _graph()
    graph[node]["inputs"].update(inputs)
    return graph


def test_words_become_a_picture_that_carries_its_workflow(tmp_path, place, capsys):
    assert main.main(["run", _file(tmp_path, _graph()), *place]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path == tmp_path / "out" / "fox_00001_.png"
    data = path.read_bytes()
    frame = pictures.read_frames(data)[0]
    assert (frame.colour.width, frame.colour.height) == (64, 64)
    texts = pictures.read_texts(data)
    assert json.loads(texts["prompt"])["k"]["inputs"]["steps"] == 2
    assert files.read(texts["easel"]).nodes["s"].title == "The fox"


def test_a_picture_can_be_run_again_and_gives_the_same_picture(tmp_path, place, capsys):
    assert main.main(["run", _file(tmp_path, _graph()), *place]) == 0
    first = Path(capsys.readouterr().out.strip())
    assert main.main(["run", str(first), *place, "--no-disk-cache"]) == 0
    again = Path(capsys.readouterr().out.strip())
    assert again != first
    assert pictures.read_frames(again.read_bytes()) == pictures.read_frames(first.read_bytes())


def test_settings_reach_their_nodes_by_id_and_by_title(tmp_path, place, capsys):
    (tmp_path / "prompt.txt").write_text("a blue cat\n")
    settings = [
        *("--set", "The fox.filename_prefix=cat", "--set", "k.steps=1"),
        *("--set", f"p.text=@{tmp_path / 'prompt.txt'}", "--set", "k.cfg=1.5"),
    ]
    assert main.main(["run", _file(tmp_path, _graph()), *place, *settings]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.name == "cat_00001_.png"
    ran = json.loads(pictures.read_texts(path.read_bytes())["prompt"])
    assert ran["p"]["inputs"]["text"] == "a blue cat"
    assert (ran["k"]["inputs"]["steps"], ran["k"]["inputs"]["cfg"]) == (1, 1.5)


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("k.stepz=3", "did you mean steps"),
        ("nobody.steps=3", "no node is called that"),
        ("k.steps", "expected NODE.INPUT=VALUE"),
        ("k.steps=many", "expected INT"),
        ("p.text=@/no/such/file", "can't be read"),
        ("Save Image.filename_prefix=x", "no node is called that"),
    ],
)
def test_a_wrong_setting_is_told(tmp_path, place, capsys, setting, said):
    assert main.main(["run", _file(tmp_path, _graph()), *place, "--set", setting]) == 2
    assert said in capsys.readouterr().err


def test_an_ambiguous_title_lists_the_ids(tmp_path, place, capsys):
    graph = {**PICTURE, "3": PICTURE["2"]}
    assert main.main(["run", _file(tmp_path, graph), *place, "--set", "SaveImage.x=1"]) == 2
    assert "say which by its id: 2, 3" in capsys.readouterr().err


def test_events_come_as_json_lines_and_the_last_names_the_pictures(tmp_path, place, capsys):
    assert main.main(["run", _file(tmp_path, _graph()), *place, "--json"]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert told[0]["event"] == "run_started"
    progress = [one for one in told if one["event"] == "progress" and one["node"] == "k"]
    assert [one["value"] for one in progress][-1] == progress[-1]["total"] == 2
    assert told[-1]["event"] == "run_ended"
    assert told[-1]["status"] == "done"
    assert [Path(path).name for path in told[-1]["images"]] == ["fox_00001_.png"]


def test_explain_says_what_runs_and_why(tmp_path, place, capsys):
    for expected in ("run  k  KSampler  (new)", "run  s  The fox"):
        main.main(["run", _file(tmp_path, _graph()), *place, "--explain"])
        assert expected in capsys.readouterr().err


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        ("", "is not JSON"),
        ("[1, 2]", "expected a JSON object"),
        ('{"a": ' * 5000 + "1" + "}" * 5000, "nested"),
        ({"1": {"class_type": "SaveImge", "inputs": {}}}, "Did you mean 'SaveImage'?"),
        (_changed("k", latent_image=["gone", 0]), "gone"),
        (_changed("k", latent_image=["l", 5]), "output"),
        (_changed("k", latent_image=["m", 0]), "MODEL"),
        (_changed("k", sampler_name="dpmpp_2"), "Did you mean 'dpmpp_2"),
        (_changed("k", steps=0), "at least"),
        (_changed("l", width=0), "at least"),
        (_changed("l", width=-1), "at least"),
        (_changed("l", width=7), "at least"),
        (_changed("l", width=10**9), "at most"),
        (_changed("k", steps="many"), "INT"),
        (_changed("m", ckpt_name="tini.safetensors"), "Did you mean 'tiny.safetensors'?"),
        ('{"1": {"class_type": "SaveImage", "inputs": {"x": NaN}}}', "NaN"),
        ('{"1": {"class_type": "SaveImage", "inputs": {"x": 1e999}}}', "finite"),
        ({"1": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}}}, "no output"),
    ],
)
def test_a_wrong_workflow_is_told_before_anything_runs(tmp_path, place, capsys, graph, said):
    for flags in ([], ["--check"]):
        assert main.main(["run", _file(tmp_path, graph), *place, *flags]) == 2
        told = capsys.readouterr()
        assert said in told.err
        assert "Traceback" not in told.err
    assert not list((tmp_path / "out").iterdir())


def test_a_cycle_names_its_nodes(tmp_path, place, capsys):
    loop = {
        "a": {"class_type": "ImageInvert", "inputs": {"image": ["b", 0]}},
        "b": {"class_type": "ImageInvert", "inputs": {"image": ["a", 0]}},
        "s": {"class_type": "SaveImage", "inputs": {"images": ["a", 0], "filename_prefix": "x"}},
    }
    assert main.main(["run", _file(tmp_path, loop), *place]) == 2
    assert "cycle" in capsys.readouterr().err.lower()


def test_a_missing_file_is_told(tmp_path, place, capsys):
    assert main.main(["run", str(tmp_path / "no.json"), *place]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_a_picture_without_a_workflow_is_told(tmp_path, place, capsys):
    pixels = pictures.Pixels(1, 1, 3, b"\0\0\0")
    (tmp_path / "plain.png").write_bytes(pictures.encode(pixels, "png"))
    assert main.main(["run", str(tmp_path / "plain.png"), *place]) == 2
    assert "carries no workflow" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"cos\nsystem\n(S'x'\ntR."])
def test_a_damaged_model_fails_the_run_with_a_sentence(tmp_path, place, capsys, models, content):
    (models / "checkpoints" / "bad.safetensors").write_bytes(content)
    graph = _changed("m", ckpt_name="bad.safetensors")
    assert main.main(["run", _file(tmp_path, graph), *place]) == 1
    said = capsys.readouterr().err
    assert "bad.safetensors" in said
    assert "Traceback" not in said


def test_an_output_folder_that_cannot_be_written_fails_the_run(tmp_path, place, capsys):
    (tmp_path / "wall").write_text("a file")
    flags = [*place, "-o", str(tmp_path / "wall" / "out")]
    assert main.main(["run", _file(tmp_path, PICTURE), *flags]) == 1
    assert "Traceback" not in capsys.readouterr().err


def _started(arguments):
    return subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_ctrl_c_stops_cleanly_with_130_and_leaves_no_half_picture(tmp_path, place):
    graph = _file(tmp_path, _graph(steps=10000))
    process = _started(["run", graph, *place, "--json"])
    assert process.stdout
    for line in process.stdout:
        if '"progress"' in line:
            break
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["status"] == "cancelled"
    assert not list((tmp_path / "out").iterdir())


def test_help_answers_at_once_and_a_check_imports_no_torch(tmp_path, place):
    began = time.perf_counter()
    assert _started(["--help"]).wait() == 0
    assert time.perf_counter() - began < 3, "0.1 s on a quiet machine"
    probe = (
        "import sys, main; code = main.main(sys.argv[1:]); "
        "assert 'torch' not in sys.modules; sys.exit(code)"
    )
    arguments = ["run", _file(tmp_path, PICTURE), *place, "--check"]
    done = subprocess.run([sys.executable, "-c", probe, *arguments], cwd=ROOT, check=False)
    assert done.returncode == 0


PACK = '''
from engine.spec.node import node
from engine.spec.result import Result

@node("FromAPack", title="From a pack", category="test", terminal=True)
def tell(*, text: str = "") -> Result:
    """Tells a text."""
    return Result(shown={"text": [text]})
'''


def test_a_packs_node_runs_unless_packs_are_off(tmp_path, capsys):
    (tmp_path / "custom_nodes").mkdir()
    (tmp_path / "custom_nodes" / "mine.py").write_text(PACK)
    file = tmp_path / "a.json"
    file.write_text('{"1": {"class_type": "FromAPack", "inputs": {"text": "hello"}}}')
    given = ["run", str(file), "--json", "--base-directory", str(tmp_path)]
    assert main.main(given) == 0
    assert main.main([*given, "--disable-all-custom-nodes"]) == 2
    assert "FromAPack" in capsys.readouterr().out
    assert (tmp_path / "user" / "cache").is_dir()
