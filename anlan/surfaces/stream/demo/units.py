"""What the simulated units and streets do: sign for their sheets, report counts, finish or skip lines, give returns."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import Max

from anlan.domains.responses import actions as responses
from anlan.domains.responses import queries
from anlan.domains.responses.models import Response, Return, Sheet, Task
from anlan.kernel.orgs.models import Person
from anlan.surfaces.stream.demo.watch import DISTRICT, attempt
from anlan.surfaces.stream.demo.world import World, plays_along

MOST = 14  # lines touched in one tick, so that a tick stays shorter than its minute
SIGNED_AFTER = timedelta(minutes=11)
# Two come late and one is skipped: (unit, line) → share of its clock, or the reason.
LATE = {("供电", "F12"): 1.15, ("住建", "F23"): 1.3}
SKIPPED = {
    ("海事", "F15"): "台风类任务，本次无船舶需通知；渔船均已在港。",
}
REPORTED = 0.6  # share of a line's way at which a count is reported
RETURN_EARLY = timedelta(minutes=9)
FIRST_RETURN = timedelta(minutes=35)  # most streets give their first figures long before they are due
SILENT, SILENT_FOR = "440399008000", timedelta(minutes=155)  # 白鹭 is late with its first return


def act(world: World) -> None:
    """One tick of everybody who works a sheet."""
    response = queries.in_force(exercise_id=world.id)
    if response is None:
        return
    _sign(world, response)
    _work(world, response)
    _returns(world, response)


def _share(*words: object) -> float:
    """A number in [0, 1) that belongs to these words: the same in every night."""
    digest = hashlib.blake2b("|".join(map(str, words)).encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48


def _hand(world: World, sheet: Sheet) -> Person | None:
    """Who holds the pen of a sheet."""
    item = sheet.item
    if item.charge_person is not None:
        return item.charge_person
    if sheet.street_id:
        return world.holder("flood_clerk", sheet.street_id)
    if sheet.organisation_id:
        return Person.objects.filter(organisation=sheet.organisation_id, active=True).order_by("pk").first()
    return None


def _sign(world: World, response: Response) -> None:
    """Most sign by answering the message; who has not after a while signs on the page."""
    rows = Sheet.objects.filter(
        response=response, item__state="issued", item__opened_at__lte=world.at - SIGNED_AFTER
    )
    for sheet in rows.select_related("item__charge_person__account")[:MOST]:
        hand = _hand(world, sheet)
        if hand is not None and not plays_along(hand):
            attempt(responses.sign, item=sheet.item, by=hand.by, at=world.at)


def _work(world: World, response: Response) -> None:
    rows = Task.objects.filter(sheet__response=response, item__closed_at=None).exclude(code="S7")
    rows = rows.exclude(sheet__item__state="issued").select_related(
        "item", "sheet__item__charge_person__account"
    )
    touched = 0
    for task in rows.order_by("due_at", "pk"):
        if touched >= MOST:
            return
        hand = _hand(world, task.sheet)
        if hand is not None and not plays_along(hand):
            touched += _touch(world, task, hand)


def _touch(world: World, task: Task, hand: Person) -> bool:
    """Report, finish or skip a line if its hour has come."""
    unit, started = task.sheet.unit, task.item.opened_at
    clock = (task.due_at - started) if task.due_at and task.due_at > started else timedelta(minutes=60)
    share = LATE.get((unit, task.code), 0.45 + 0.5 * _share(unit, task.code, task.round))
    way = (world.at - started) / (clock * share)
    if task.round == 1 and (unit, task.code) in SKIPPED and way >= 1:
        return attempt(
            lambda: responses.skip(item=task.item, by=hand.by, at=world.at, reason=SKIPPED[unit, task.code])
        )
    if way >= 1:
        done = _counts(task, 1.0)
        return attempt(lambda: responses.finish(item=task.item, by=hand.by, at=world.at, done=done or None))
    if task.counts and way >= REPORTED and not any(task.done):
        return attempt(
            lambda: responses.report(item=task.item, by=hand.by, at=world.at, done=_counts(task, way))
        )
    return False


def _counts(task: Task, way: float) -> list[int]:
    """How many of how many by now; where nobody knows how many there are, some number a street may have."""
    found = []
    for number, count in enumerate(task.counts):
        base = count.get("base") or int(6 + 30 * _share(task.sheet.unit, task.code, number))
        found.append(min(base, round(base * way)))
    return found


def _returns(world: World, response: Response) -> None:
    """Each street in the rhythm of the level, a little before it is due; one street is silent for a long time."""
    level = queries.levels(region=DISTRICT, at=world.at)[response.level]
    rhythm = level.rhythm(world.at - response.level_since)
    given = Return.objects.filter(response=response).values_list("street_id").annotate(last=Max("at"))
    last: dict[str, datetime] = dict(given)
    for street in response.streets:
        clerk = world.holder("flood_clerk", street)
        ready = response.started_at + FIRST_RETURN + timedelta(minutes=25) * _share(street)
        if street == SILENT:
            ready = response.started_at + SILENT_FOR
        if street in last:
            ready = last[street] + rhythm - RETURN_EARLY
        if world.at >= ready and clerk is not None and not plays_along(clerk):
            attempt(_give, world, response, street, clerk)


def _give(world: World, response: Response, street: str, clerk: Person) -> None:
    number = Return.objects.filter(response=response, street_id=street).count() + 1
    if street == SILENT and number == 1:
        responses.nil_return(response=response, street=street, by=clerk.by, at=world.at)
        return
    figures = _figures(street, number)
    responses.give_return(response=response, street=street, figures=figures, by=clerk.by, at=world.at)


def _figures(street: str, number: int) -> dict[str, dict[str, object]]:
    """Fourteen figures that grow through the night; *now* and *cumulative* are two numbers. Nobody is hurt here."""
    heavy = 1.0 if street in ("440399001000", "440399002000") else 0.4
    steps = {
        "points_flooded": 3,
        "roads_closed": 1,
        "moved_sites": 46,
        "moved_sheds": 30,
        "moved_weak_houses": 12,
        "moved_low_land": 24,
        "in_shelters": 20,
        "placed_privately": 60,
        "shelters_open": 2,
        "crews_out": 4,
        "persons_out": 70,
        "vehicles_out": 9,
        "pumps_out": 6,
        "boats_out": 1,
        "trees_down": 5,
        "power_cut_households": 120,
    }
    found: dict[str, dict[str, object]] = {}
    for code, each in steps.items():
        total = sum(round(each * heavy * (0.6 + 0.8 * _share(street, code, n))) for n in range(number))
        found[code] = {"now": round(total * (0.9 if number < 3 else 0.6)), "cum": total}
    deepest = round(22 + 30 * heavy * min(number, 3) / 3)
    found["deepest_cm"] = {"now": deepest, "cum": deepest}
    return found
