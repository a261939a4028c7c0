"""An engine's state as bytes: a line of JSON that names the arrays, then the arrays; deflated, free of pickle."""

import json
import zlib
from collections.abc import Mapping

import numpy as np

from anlan.domains.sensing.rules.ladder import State
from anlan.domains.sensing.rules.ring import Ints, Longs


def pack(state: Mapping[str, Mapping[str, Ints | Longs]]) -> bytes:
    """Bytes of what `Engine.state` gave."""
    arrays = [(part, name, array) for part, inner in state.items() for name, array in inner.items()]
    head = [[part, name, array.dtype.str, list(array.shape)] for part, name, array in arrays]
    body = b"".join(np.ascontiguousarray(array).tobytes() for _, _, array in arrays)
    return zlib.compress(json.dumps(head).encode() + b"\n" + body, 1)


def unpack(packed: bytes) -> dict[str, State]:
    """What was packed."""
    head, _, body = zlib.decompress(packed).partition(b"\n")
    state: dict[str, State] = {"areas": {}}
    at = 0
    for part, name, kind, shape in json.loads(head):
        count = int(np.prod(shape))
        state.setdefault(part, {})[name] = np.frombuffer(body, np.dtype(kind), count, at).reshape(shape)
        at += count * np.dtype(kind).itemsize
    return state
