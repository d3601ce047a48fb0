"""Random edits of random documents."""

import random
from typing import Any

NAMES = "abcdefgh"


def random_ops(chance: random.Random, document: dict[str, Any]) -> list[dict[str, Any]]:
    """One to three ops; most of them fit the document, some don't."""
    return [_op(chance, document) for _ in range(chance.randint(1, 3))]


def _op(chance: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    kind = chance.choice(("nodes", "nodes", "nodes", "groups", "notes"))
    known = list(document.get(kind, {}))
    if not known or chance.random() < 0.25:
        id = chance.choice(NAMES) + str(chance.randint(0, 9))
        value = {"class_type": "Number"} if kind == "nodes" else {"title": id}
        return {"op": "add", "path": f"{kind}/{id}", "value": value}
    id = chance.choice(known)
    if chance.random() < 0.15:
        return {"op": "remove", "path": f"{kind}/{id}"}
    if kind != "nodes":
        return {"op": "set", "path": f"{kind}/{id}/box", "value": [chance.randint(0, 99)] * 4}
    place = chance.choice(("inputs", "look", "after_run", "under"))
    value = "increment" if place == "after_run" else chance.choice((chance.randint(0, 9), [id, 0]))
    name = chance.choice("xyz")
    if chance.random() < 0.2:
        return {"op": "remove", "path": f"nodes/{id}/{place}/{name}"}
    return {"op": "set", "path": f"nodes/{id}/{place}/{name}", "value": value}
