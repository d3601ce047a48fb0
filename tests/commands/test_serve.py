"""`main.py` without a command serves: its start, its port, its end; and no torch in it."""

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from engine.commands import flags, listening, serve, theirs, worker

ROOT = Path(__file__).resolve().parent.parent.parent
FIELD = """--lowvram --novram --normalvram --highvram --gpu-only --cpu --reserve-vram 1
--disable-smart-memory --cuda-device 0 --default-device 0 --fp16-unet --bf16-unet --fp32-unet
--fp64-unet --fp8_e4m3fn-unet --fp8_e5m2-unet --fp8_e8m0fnu-unet --fp16-vae --fp32-vae --bf16-vae
--cpu-vae --fp8_e4m3fn-text-enc --fp8_e5m2-text-enc --fp16-text-enc --bf16-text-enc
--fp32-text-enc --force-fp16 --force-fp32 --use-sage-attention --use-flash-attention
--use-pytorch-cross-attention --use-split-cross-attention --use-quad-cross-attention
--disable-xformers --force-upcast-attention --dont-upcast-attention --fast fp16_accumulation
--preview-method auto --preview-size 256 --cache-classic --cache-lru 3 --cache-none --cache-ram
--deterministic --disable-metadata --multi-user --disable-all-custom-nodes
--whitelist-custom-nodes a b --disable-api-nodes --enable-cors-header --max-upload-size 5
--auto-launch --disable-auto-launch --windows-standalone-build --front-end-version a/b@1
--front-end-root x --verbose DEBUG --log-stdout --dont-print-server --async-offload
--force-non-blocking --mmap-torch-files --disable-mmap --cuda-malloc --disable-cuda-malloc
--force-channels-last --directml --oneapi-device-selector x --disable-ipex-optimize
--supports-fp8-compute --default-hashing-function sha256 --database-url x
--enable-compress-response-body --comfy-api-base x --quick-test-for-ci --base-directory /b
--tls-keyfile k --tls-certfile c --extra-model-paths-config x.yaml --listen --port 1
--output-directory o --input-directory i --temp-directory t --user-directory u"""


@pytest.fixture
def server(tmp_path):
    """`main.py` on a port of its own, with folders of its own; ended at the end."""
    folders = [f"--{n}={tmp_path / n}" for n in ("input", "output", "temp", "user", "models")]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "main.py", "--no-setup", "--port", str(port), *folders]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process, port, command
    finally:
        process.kill()
        process.wait()


def _answer(port, path="/prompt"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return answer.read()


def _until_it_listens(port):
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_server_serves_without_torch_and_ends_when_told_to(server):
    process, port, command = server
    _until_it_listens(port)
    assert json.loads(_answer(port)) == {"exec_info": {"queue_remaining": 0}}
    assert json.loads(_answer(port, "/object_info/KSampler"))["KSampler"]["output"] == ["LATENT"]
    assert b"Easel" in _answer(port, "/")
    loaded = Path(f"/proc/{process.pid}/maps").read_text()
    assert "python" in loaded
    assert "torch" not in loaded

    second = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert second.returncode == 1
    assert f"Port {port} is taken" in second.stderr

    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 0
    assert f"Easel is at http://127.0.0.1:{port}/" in said
    assert "goes back into the queue" in said
    assert "Traceback" not in said


def test_no_module_of_the_server_reaches_torch_or_what_a_start_can_do_without():
    code = (
        "import sys, engine.commands.serve, engine.client, engine.server.serving\n"
        "import engine.commands.setup, engine.workers.local\n"
        "heavy = {'torch', 'numpy', 'psutil', 'markdown_it', 'nodes'} & set(sys.modules)\n"
        "heavy |= {'PIL', 'docstring_parser', 'importlib.metadata', 'engine.convert'} & "
        "set(sys.modules)\n"
        "sys.exit(str(heavy) if heavy else 0)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


def test_the_default_port_moves_on_and_a_given_one_does_not(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(listening, "DEFAULT", port)
        found = listening.opened(["127.0.0.1"], None)
        assert found[0].getsockname()[1] > port
        found[0].close()
        with pytest.raises(listening.PortTaken, match="taken"):
            listening.opened(["127.0.0.1"], port)


def test_every_flag_of_comfyui_is_accepted(monkeypatch):
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    args = parser.parse_args(FIELD.split())
    named = set(theirs.without_meaning(args))
    assert {"lowvram", "fast", "preview-size", "verbose", "cache-ram"} <= named
    assert not {"cpu", "port", "disable-metadata", "multi-user"} & named
    assert args.listen == listening.EVERYWHERE
    monkeypatch.setattr(os, "environ", {})
    theirs.apply(args)
    assert args.device == "cpu"
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "0"


def _args(*given):
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    return parser.parse_args(given)


def test_a_base_directory_moves_every_folder_that_is_not_named(tmp_path):
    folders = flags.folders_of(_args("--base-directory", str(tmp_path), "--output", "/o"))
    moved = ("models", "input", "temp", "user", "custom_nodes")
    assert {name: getattr(folders, name) for name in moved} == {n: tmp_path / n for n in moved}
    assert folders.output == Path("/o")


def test_workers_are_told_where_packs_lie_and_which_to_load(tmp_path):
    given = ["--base-directory", str(tmp_path), "--disable-all-custom-nodes"]
    args = _args(*given, "--whitelist-custom-nodes", "a", "b", "--blacklist-custom-nodes", "b")
    told = serve._Serving(args, [])._for_workers()
    parser = argparse.ArgumentParser()
    worker.add_arguments(parser)
    folders = flags.folders_of(parser.parse_args(["--socket", "3", *told]))
    assert folders.custom_nodes == tmp_path / "custom_nodes"
    assert (folders.only, folders.without) == ({"a", "b"}, {"b"})


def test_a_whitelist_alone_is_said_to_change_nothing():
    args = _args("--whitelist-custom-nodes", "a")
    assert flags.folders_of(args).only is None
    assert any("whitelist" in name for name in theirs.without_meaning(args))


def test_devices_get_a_worker_each(monkeypatch):
    monkeypatch.setattr(listening, "cards", lambda: ["cuda:0", "cuda:1"])
    assert listening.devices("auto", None) == ["cuda:0", "cuda:1"]
    assert listening.devices("cpu", 2) == ["cpu", "cpu"]
    monkeypatch.setattr(listening, "cards", list)
    assert listening.devices("auto", None) == ["auto"]


def test_a_token_stands_in_no_answer():
    kept = serve._without_secrets(["main.py", "--token", "abc", "--token=abc", "--port", "1"])
    assert "abc" not in str(kept)
    assert kept[-2:] == ("--port", "1")


def test_listening_to_all_demands_a_token():
    parser = argparse.ArgumentParser()
    serve.add_arguments(parser)
    for listen, wanted in (("127.0.0.1", False), ("0.0.0.0", True)):
        args = parser.parse_args(["--listen", listen])
        sockets = listening.opened([listen], 0)
        token = serve._Serving(args, sockets)._options().token
        assert bool(re.fullmatch(r"[\w-]{20,}", token)) is wanted
        sockets[0].close()
