"""`/openapi.json` says what the server does: schemathesis sends what it allows, and worse."""

import asyncio
import re
import threading
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from engine.server.app import all_routes
from engine.server.openapi import description
from engine.server.site import Options
from tests.server.site import run, serving

EXAMPLES = 6
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


def test_every_route_is_described():
    told = description(all_routes())
    for route in all_routes():
        path = route.path.replace(":.+}", "}")
        assert told["paths"][path][route.method.lower()]["summary"] == route.summary


def test_every_route_is_named_in_the_documentation():
    page = (Options().docs / "server.md").read_text("utf-8")
    named = set(re.findall(r"`((?:GET|POST|PATCH|DELETE|PUT) /[^\s?`]*)", page))
    routes = {f"{route.method} {_written(route.path)}" for route in all_routes()}
    assert named - {"GET /ws"} == routes


def _written(path):
    """`/a/{name:.+}` as the documentation has it, `/a/NAME`."""
    return re.sub(r"\{(\w+)[^}]*\}", lambda found: found[1].upper(), path)


def test_the_description_is_served_twice(tmp_path):
    async def steps(server):
        return await server.get("/openapi.json"), await server.get("/api/openapi.json")

    one, other = run(tmp_path, steps, workers=0)
    assert one == other
    assert one["openapi"] == "3.1.0"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A server without workers, on a loop and thread of its own."""
    place: Path = tmp_path_factory.mktemp("server")
    found, up, loop = [], threading.Event(), asyncio.new_event_loop()
    end = asyncio.Event()

    async def whole():
        async with serving(place, workers=0) as made:
            made.site.catalogue.settled.set()
            found.append(made.url)
            up.set()
            await end.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(whole()))
    thread.start()
    up.wait(30)
    yield found[0]
    loop.call_soon_threadsafe(end.set)
    thread.join(30)


schema = schemathesis.openapi.from_dict(description(all_routes()))


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_server_does_what_it_says(case, url):
    case.call_and_validate(base_url=url, checks=CHECKS)
