"""A node's revision follows the code that its result depends on, and nothing else."""

from engine.spec import revision


def _project(tmp_path, monkeypatch, **files: str):
    for name, text in files.items():
        path = tmp_path.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.setattr(revision, "ROOT", tmp_path)
    _restart()


def _restart() -> None:
    for cached in (revision.revision_of_module, revision._imports, revision._content):
        cached.cache_clear()
    revision._source.cache_clear()


FILES = {
    "nodes__draw": "from engine.sampling import euler\n",
    "nodes__load": "def load():\n    from engine.models import loading\n",
    "engine__sampling__euler": "import engine.sampling.noise\n",
    "engine__sampling__noise": "N = 1\n",
    "engine__models__loading": "from engine.spec import node\n",
    "engine__spec__node": "S = 1\n",
}


def test_an_edit_changes_the_revision_of_each_module_that_reaches_it(tmp_path, monkeypatch):
    _project(tmp_path, monkeypatch, **FILES)
    before = {name: revision.revision_of_module(name) for name in ("nodes.draw", "nodes.load")}
    (tmp_path / "engine/sampling/noise.py").write_text("N = 2\n")
    _restart()
    after = {name: revision.revision_of_module(name) for name in before}
    assert after["nodes.draw"] != before["nodes.draw"]
    assert after["nodes.load"] == before["nodes.load"]


def test_imports_inside_functions_count(tmp_path, monkeypatch):
    _project(tmp_path, monkeypatch, **FILES)
    assert "engine.models.loading" in revision.reached("nodes.load")


def test_what_only_declares_does_not_count(tmp_path, monkeypatch):
    _project(tmp_path, monkeypatch, **FILES)
    before = revision.revision_of_module("nodes.load")
    (tmp_path / "engine/spec/node.py").write_text("S = 2\n")
    _restart()
    assert revision.revision_of_module("nodes.load") == before
