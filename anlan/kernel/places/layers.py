"""The layers of this installation; `kernel.domain` fills this from the declarations."""

from anlan.kernel.core.errors import Refused, reason
from anlan.kernel.core.words import N_
from anlan.kernel.places.spec import Layer

UNKNOWN = reason("places.unknown_layer", N_("There is no map layer {layer}."))

_layers: dict[str, Layer] = {}


def register_layer(layer: Layer) -> None:
    """Take in a layer; two of one code are a programming error."""
    if layer.code in _layers:
        raise ValueError(f"layer {layer.code} is declared twice")
    _layers[layer.code] = layer


def all_layers() -> list[Layer]:
    return list(_layers.values())


def layer_of(code: str) -> Layer:
    try:
        return _layers[code]
    except KeyError:
        raise Refused(UNKNOWN, field="layer", layer=code) from None
