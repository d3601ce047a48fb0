"""The first start: what is missing is seen, installed once, and the command goes on there."""

import subprocess
import sys

import pytest

from engine.commands import setup


@pytest.fixture
def requirements(tmp_path):
    path = tmp_path / "requirements.txt"
    path.write_text("# a comment\npytest==0.0.1\nno-such-thing==3\n")
    return path


@pytest.fixture
def replaced(monkeypatch):
    """Instead of replacing the process: what it would have become."""
    became = []

    def execv(_path, command):
        became.append(command)
        raise SystemExit

    monkeypatch.setattr(setup.os, "execv", execv)
    return became


def test_absent_and_other_versions_are_missing(requirements):
    assert setup.missing(requirements) == ["pytest==0.0.1", "no-such-thing==3"]


def test_a_requirement_that_is_here_is_not_missing(tmp_path):
    (tmp_path / "a.txt").write_text(f"-r b.txt\npytest=={pytest.__version__}\n")
    (tmp_path / "b.txt").write_text("gone==1\n")
    assert setup.missing(tmp_path / "a.txt") == ["gone==1"]


def test_without_leave_to_install_it_says_what_is_missing(requirements):
    with pytest.raises(setup.SetupError, match=r"no-such-thing==3.*-m pip install"):
        setup.ensure(requirements, ["main.py"], install=False)


def test_it_makes_an_environment_installs_and_goes_on_there(
    requirements, tmp_path, monkeypatch, replaced, capsys
):
    called = []

    def run(command, **_):
        called.append(command)
        if "venv" in command:
            (tmp_path / ".venv" / "bin").mkdir(parents=True)
            (tmp_path / ".venv" / "bin" / "python").touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(setup.subprocess, "run", run)
    with pytest.raises(SystemExit):
        setup.ensure(requirements, ["main.py", "run"])
    assert called[0][:3] == [sys.executable, "-m", "venv"]
    assert called[1][1:4] == ["-m", "pip", "install"]
    assert replaced == [[str(tmp_path / ".venv/bin/python"), "main.py", "run"]]
    assert "fetched" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        setup.ensure(requirements, ["main.py"])
    assert len(called) == 2, "a second start installs nothing"


def test_where_venv_is_missing_the_package_is_named(requirements, monkeypatch):
    monkeypatch.setattr(
        setup.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1)
    )
    with pytest.raises(setup.SetupError, match=r"apt install python3\.\d+-venv"):
        setup.ensure(requirements, ["main.py"])


def test_a_failed_install_is_not_taken_for_done(requirements, tmp_path, monkeypatch, replaced):
    def run(command, **_):
        return subprocess.CompletedProcess(command, 1 if "pip" in command else 0)

    monkeypatch.setattr(setup.subprocess, "run", run)
    with pytest.raises(setup.SetupError, match="pip could not install"):
        setup.ensure(requirements, ["main.py"])
    assert not replaced
    assert not (tmp_path / ".venv" / "easel-requirements").exists()
