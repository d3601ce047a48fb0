"""Nodes and edits that the tests of documents share."""

import asyncio

SHOW = {"class_type": "Show", "inputs": {"value": ["1", 0]}}
NUMBER = {"class_type": "Number", "inputs": {"value": 5}, "after_run": {"value": "increment"}}


async def until(true):
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.02)


def add(id, value):
    return {"op": "add", "path": f"nodes/{id}", "value": value}
