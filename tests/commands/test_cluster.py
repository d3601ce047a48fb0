import argparse
import json
import socket
import stat
import sys

import pytest

from engine.commands import cluster, join, serve
from engine.commands.cluster import ClusterError, Membership
from engine.workers import ray
from engine.workers.agent import VARIABLE


def args_of(module, *given):
    parser = argparse.ArgumentParser()
    module.add_arguments(parser)
    return parser.parse_args(given)


def test_without_ray_one_sentence_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    assert serve.run(args_of(serve, "--cluster", "--user", str(tmp_path))) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{sys.executable} -m pip install -r requirements-cluster.txt" in said
    assert join.run(args_of(join, "127.0.0.1", "--user", str(tmp_path))) == 1


def test_a_server_says_whether_it_has_a_cluster():
    assert args_of(serve).cluster is None
    assert args_of(serve, "--cluster").cluster == ""
    assert args_of(serve, "--cluster", "10.0.0.1:7000").cluster == "10.0.0.1:7000"


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("10.0.0.1", "10.0.0.1:6379"),
        ("10.0.0.1:70", "10.0.0.1:70"),
        ("localhost:70", "127.0.0.1:70"),
    ],
)
def test_an_address_gets_rays_own_port(given, whole):
    assert cluster.whole(given) == whole


@pytest.mark.parametrize("wrong", ["10.0.0.1:port", ":", "no such host here:1", "ray://10.0.0.1:1"])
def test_what_is_no_address_is_refused(wrong):
    with pytest.raises(ClusterError, match="is no address"):
        cluster.whole(wrong)


def test_a_cluster_begins_here_only_if_the_address_is_ours_and_free(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not Membership(f"127.0.0.1:{port}", tmp_path).head
    here = Membership(f"127.0.0.1:{port}", tmp_path)
    assert here.head
    assert here.invitation == f"python3 main.py join 127.0.0.1:{port} --token {here.token}"
    elsewhere = Membership("203.0.113.9", tmp_path)
    assert not elsewhere.head
    assert not elsewhere.token


def test_the_token_is_kept_for_its_owner_alone(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    first, second = (Membership(address, tmp_path).token for _ in range(2))
    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "cluster-token").stat().st_mode) == 0o600


def test_a_cluster_of_this_machine_alone_has_a_new_token_each_time(tmp_path):
    first, second = (Membership("", tmp_path) for _ in range(2))
    assert first.token != second.token
    assert not first.invitation


def test_usage_is_not_reported_and_a_lone_cluster_listens_at_loopback(monkeypatch):
    alone = ray.environment("secret", alone=True)
    assert alone["RAY_USAGE_STATS_ENABLED"] == "0"
    assert alone["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] == "0"
    assert (alone["RAY_AUTH_MODE"], alone["RAY_AUTH_TOKEN"]) == ("token", "secret")
    assert "RAY_AUTH_MODE" not in ray.environment("", alone=False)


def test_a_machine_lends_its_devices_and_its_own_folders(tmp_path):
    given = ("10.0.0.1", "--device", "cpu", "--workers", "2", "--user", str(tmp_path))
    args = args_of(join, *given, "--models", "/m", "--no-disk-cache")
    machine = cluster.lent(args, join.flags.folders_of(args))
    assert machine.devices == ["cpu", "cpu"]
    assert machine.user == str(tmp_path)
    assert {"--models=/m", f"--user={tmp_path}", "--no-disk-cache"} <= set(machine.command)
    assert not any(word.startswith(("--input", "--output", "--temp")) for word in machine.command)
    command, environment = join._command("10.0.0.1:6379", "secret", machine)
    assert '--resources={"easel": 2}' in command
    assert environment["RAY_AUTH_TOKEN"] == "secret"
    assert json.loads(environment[VARIABLE])["devices"] == ["cpu", "cpu"]


@pytest.mark.parametrize("told", ["Unauthenticated: RPC error: InvalidAuthToken: missing", "away"])
def test_a_wrong_token_ends_it_and_a_server_that_is_away_does_not(monkeypatch, capsys, told):
    program = f"import sys; sys.exit({told!r})"
    monkeypatch.setattr(join, "_command", lambda *_: ([sys.executable, "-c", program], None))
    monkeypatch.setattr(join.time, "sleep", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    monkeypatch.setattr(join.signal, "signal", lambda *_: None)
    ended = join.run(args_of(join, "10.0.0.1", "--device", "cpu"))
    said = capsys.readouterr().err
    assert (ended, said) == (
        (1, "The token is not the one that 10.0.0.1:6379 printed.\n")
        if "Token" in told
        else (130, "10.0.0.1:6379 can't be reached; trying again.\n")
    )
