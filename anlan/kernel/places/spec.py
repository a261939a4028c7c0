"""A layer of the map as its owner declares it: rows by the hundred thousand, read at once or by id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True)
class LayerRows:
    """Columns of equal length n.

    `ids` (n, 16) uint8, the bytes of each UUID · `lon`, `lat` float64, WGS-84 degrees · `region` int64, the 12-digit
    code · `colour` uint8, index into the layer's `colours` on the current axis · `colour_worst` uint8, likewise on
    the worst-case axis (the same array where a layer has one axis only) · `sector` uint16, index into
    `sectors` · `alive` bool, False where a row that was read by id is to be taken off the map.
    """

    ids: np.ndarray[Any, Any]
    lon: np.ndarray[Any, Any]
    lat: np.ndarray[Any, Any]
    region: np.ndarray[Any, Any]
    colour: np.ndarray[Any, Any]
    colour_worst: np.ndarray[Any, Any]
    sector: np.ndarray[Any, Any]
    alive: np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of object on the map.

    `read(None)` gives every row that is alive; `read(ids)` gives those rows again, dead ones with alive = False.
    `entries`: ledger codes whose subject (or whose `facts["ids"]` of a chunk) names rows to be read again.
    """

    code: str  # risk_point
    label: str
    read: Callable[[Sequence[UUID] | None], LayerRows]
    entries: tuple[str, ...]
    colours: tuple[str, ...] = ("none",)  # index → token of the look, e.g. none, blue, yellow, orange, red
    sectors: tuple[str, ...] = ("",)  # index → GB/T 4754 section letter or another code of the owner
    rank: dict[str, int] = field(default_factory=dict)  # colour → which wins in a cluster, highest last
