"""An engine's state carried over to another set of sensors: by id, since their places in the engine move."""

import numpy as np

from anlan.domains.sensing.rules.engine import Setup
from anlan.domains.sensing.rules.ladder import State
from anlan.domains.sensing.rules.ring import Ints, Longs

# Which column of each array names the sensor's place in its bank.
_PLACE_COLUMN = {"levels": 1, "carriers": 0, "bits": 0, "until": 1, "runs": 0, "suspects": 0, "same": 0}


def carried_over(state: dict[str, State], ids: Longs, setup: Setup) -> dict[str, State]:
    """The same state when the sensors are the same; else what belongs to the sensors that stayed.

    Streets begin anew where the gauges changed: their colours follow from the gauges' at the next slot.
    """
    old, new = state.pop("ids"), setup.members(ids)
    if all(np.array_equal(old[bank], new[bank]) for bank in ("rain", "water")):
        return state
    for bank in ("rain", "water"):
        place = {int(sensor): n for n, sensor in enumerate(new[bank])}
        for name, array in state[bank].items():
            state[bank][name] = _moved(array, _PLACE_COLUMN[name], old[bank], place)
    state["areas"] = {"levels": np.zeros((0, 4), np.int32), "carriers": np.zeros((0, 2), np.int32)}
    return state


def _moved(array: Ints, column: int, old: Ints, place: dict[int, int]) -> Ints:
    target = np.array([place.get(int(old[n]), -1) for n in array[:, column]], np.int32)
    array = array[target >= 0].copy()
    array[:, column] = target[target >= 0]
    return array
