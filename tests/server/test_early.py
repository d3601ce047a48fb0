"""The server starts without the system's certificates, which it has no use for."""

import re
import subprocess
import sys
from pathlib import Path

import engine.server

SERVER = Path(engine.server.__file__).parent
ASKED = """
import os, ssl
from engine.server.early import import_aiohttp

os.environ["SSL_CERT_DIR"] = "/somewhere"
os.environ.pop("SSL_CERT_FILE", None)
import_aiohttp()
import aiohttp.connector

print(aiohttp.connector._SSL_CONTEXT_VERIFIED.cert_store_stats()["x509_ca"])
print(os.environ.get("SSL_CERT_FILE"), os.environ["SSL_CERT_DIR"])
"""


def test_certificates_are_left_out_of_the_start_and_the_environment_is_as_it_was():
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == ["0", "None /somewhere"]


def test_nothing_in_the_server_asks_anybody_but_its_own_workers():
    asking = re.compile(r"ClientSession\(|urlopen|http\.client|import requests|create_connection\(")
    found = [path for path in SERVER.glob("*.py") if asking.search(path.read_text("utf-8"))]
    assert [path.name for path in found] == ["forwarding.py"]
    assert set(re.findall(r"https?://[\w.]+", found[0].read_text("utf-8"))) == {"http://127.0.0.1"}
