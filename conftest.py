"""Loaded for every test, wherever it stands: the throw-away database of the session."""

pytest_plugins = ("tests.database", "tests.budget", "tests.prove")
