"""Imports aiohttp as a server needs it: to be done before anything here that imports it."""

import os
from importlib import import_module

PLACES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def import_aiohttp() -> None:
    """Import aiohttp without the system's certificates, which it reads at once for calls to others
    over TLS: this process makes none, and is there sooner.

    Whoever comes to make one passes `ssl=ssl.create_default_context()`, which reads them then.
    """
    kept = {name: os.environ[name] for name in PLACES if name in os.environ}
    os.environ.update(dict.fromkeys(PLACES, os.devnull))
    try:
        import_module("aiohttp")
    finally:
        for name in PLACES:
            del os.environ[name]
        os.environ.update(kept)
