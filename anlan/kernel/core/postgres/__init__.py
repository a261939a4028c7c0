"""The database of one machine: the PostgreSQL of the wheel, run as a child of whoever starts it.

No Django here: settings ask this room for the way in before Django exists.
"""

from anlan.kernel.core.postgres.places import Places, connection_settings
from anlan.kernel.core.postgres.roles import grants, prepare, server_facts
from anlan.kernel.core.postgres.server import NotStartedError, Server, running

__all__ = [
    "NotStartedError",
    "Places",
    "Server",
    "connection_settings",
    "grants",
    "prepare",
    "running",
    "server_facts",
]
