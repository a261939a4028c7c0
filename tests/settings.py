"""The product's settings and one dummy domain more: tests/lamps, which must appear on every surface."""

import os

from anlan.config.settings import *  # noqa: F403
from anlan.config.settings import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "tests.lamps"]
FINDS = {"whitenoise.middleware.WhiteNoiseMiddleware": "tests.static.FoundOnce"}
MIDDLEWARE = [FINDS.get(each, each) for each in MIDDLEWARE]
# Processes that tests start are the product's own, without the dummy.
os.environ["DJANGO_SETTINGS_MODULE"] = "anlan.config.settings"
