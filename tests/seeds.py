"""A seed that nobody has chosen, for tests that try something new each time.

It stands in the test's name, so that what fails can be tried again.
"""

import hashlib
import os
import secrets


def fresh() -> int:
    """Below a million; the same in all processes of one run, which must agree on names of tests."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex()
    return int(hashlib.sha256(run.encode()).hexdigest(), 16) % 10**6
