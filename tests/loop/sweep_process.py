"""The sweep in a process of its own, to be killed: small passes, one after another."""

import time

import django

django.setup()

from anlan.kernel.loop.sweep import sweep_all  # noqa: E402

if __name__ == "__main__":
    while True:
        if not sweep_all(limit=5):
            time.sleep(0.05)
