"""Who lives in the demo district: invented people, named by surname and post. Pure: the same people every time.

3,183 flood duty holders by their first duty, 430 second duties on the same persons, and those who are no flood duty
holders: patrollers, street officers, an enterprise's safety managers. Their numbers start with 154, a mobile segment
that was never given out: nobody can be rung by mistake, and an exercise cannot leave by a live channel anyway.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from anlan.surfaces.cli.demo import files
from anlan.surfaces.cli.demo.files import DISTRICT, table
from anlan.surfaces.cli.demo.units import (
    HEADQUARTERS,
    OFFICE,
    STORES,
    Unit,
    enterprises,
    member_units,
)
from anlan.surfaces.cli.ground.names import surname

PHONE = "154{:08d}"


@dataclass(frozen=True, slots=True)
class Post:
    """A duty somewhere: of a region, or of a place (its code)."""

    kind: str
    region: str
    place: str = ""
    rank: int = 0


@dataclass(slots=True)
class Somebody:
    """A person to be made. `street` is the street (by name) in which a flood duty holder is counted; "" = is none."""

    key: str
    name: str
    title: str
    organisation: str
    phone: str
    street: str
    posts: list[Post]
    superior: str = ""
    seconds: list[Post] = field(default_factory=list)


class Roll:
    """The list while it is being written."""

    def __init__(self) -> None:
        self.people: list[Somebody] = []
        self.labels = {row["code"]: (row["post"], row["label"]) for row in table("duty_kinds")}

    def add(
        self, key: str, organisation: str, where: str, post: Post, *, street: str = "", superior: str = ""
    ) -> Somebody:
        number = len(self.people) + 1
        word, label = self.labels[post.kind]
        person = Somebody(
            key=key,
            name=surname(number) + word,
            title=f"{where}{label}",
            organisation=organisation,
            phone=PHONE.format(number),
            street=street,
            posts=[post],
            superior=superior,
        )
        self.people.append(person)
        return person


@cache
def everybody() -> tuple[Somebody, ...]:
    """All people of the demo, flood duty holders first, in a fixed order."""
    roll = Roll()
    _district_level(roll)
    for name in files.street_names():
        _street_level(roll, name)
        _community_level(roll, name)
    _keepers(roll)
    _second_duties(roll)
    _others(roll)
    return tuple(roll.people)


def holders() -> list[Somebody]:
    """The flood duty holders."""
    return [one for one in everybody() if one.street]


def counts() -> dict[str, dict[str, int]]:
    """Kind → street → how many, as the table of the demo district gives them."""
    return {
        row["kind"]: {name: int(row[name]) for name in files.street_names()}
        for row in table("duties_by_street")
    }


def _district_level(roll: Roll) -> None:
    """Commanders, deputies, office and watch; then each member unit's head and liaisons."""
    for rank in range(2):
        roll.add(
            f"commander-{rank}", HEADQUARTERS, "区", Post("commander", DISTRICT, rank=rank), street="望潮"
        )
    roll.add(
        "executive",
        HEADQUARTERS,
        "区",
        Post("executive_deputy_commander", DISTRICT),
        street="望潮",
        superior="commander-0",
    )
    for rank in range(5):
        post = Post("deputy_commander", DISTRICT, rank=rank)
        roll.add(f"deputy-{rank}", HEADQUARTERS, "区", post, street="望潮", superior="executive")
    for number in range(31):
        organisation = STORES if number == 30 else OFFICE
        boss = "watch-0" if number else "deputy-0"
        roll.add(
            f"watch-{number}",
            organisation,
            "区",
            Post("office_watch", DISTRICT, rank=number),
            street="望潮",
            superior=boss,
        )
    _watch(roll)
    left = {name: number for name, number in counts()["unit_head"].items() if number}
    for unit in member_units():
        _unit(roll, unit, next(name for name, number in left.items() if number))
        name = next(name for name, number in left.items() if number)
        left[name] -= 1


def _watch(roll: Roll) -> None:
    """What the 31 of office and watch do besides: the posts that pages ask for. They are shifts, not second duties."""
    roster = (
        "flood_office_head",
        "watch_chief",
        "watch_chief",
        "watch_officer",
        "watch_officer",
        "watch_officer",
        "watch_officer",
        "instrument_keeper",
        "instrument_keeper",
        "safety_section",
        "bureau_chief",
        "work_plan_office",
        "work_plan_office",
        "watch_leader",
        "watch_leader",
        "accident_office",
        "accident_office",
        "assessment_office",
        "assessment_office",
        "vetting_keeper",
    )
    people = {one.key: one for one in roll.people}
    ranks: dict[str, int] = defaultdict(int)
    for number, kind in enumerate(roster):
        person = people[f"watch-{number}"]
        person.posts.append(Post(kind, DISTRICT, rank=ranks[kind]))
        person.name = person.name[0] + roll.labels[kind][0]
        person.title = f"区{roll.labels[kind][1]}"
        ranks[kind] += 1


def _unit(roll: Roll, unit: Unit, street: str) -> None:
    head = f"{unit.code}-head"
    roll.add(head, unit.code, unit.short, Post("unit_head", DISTRICT), street=street, superior="deputy-0")
    roll.add(
        f"{unit.code}-a", unit.code, unit.short, Post("liaison_a", DISTRICT), street=street, superior=head
    )
    roll.add(
        f"{unit.code}-b", unit.code, unit.short, Post("liaison_b", DISTRICT), street=street, superior=head
    )


def _street_level(roll: Roll, name: str) -> None:
    code, kinds = (
        files.street_code(name),
        ("street_principal", "street_deputy", "flood_clerk", "crew_leader", "street_member"),
    )
    for kind in kinds:
        for rank in range(counts()[kind][name]):
            superior = "deputy-0" if kind == "street_principal" else f"{code}-street_principal-0"
            key = f"{code}-{kind}-{rank}"
            roll.add(key, code, f"{name}街道", Post(kind, code, rank=rank), street=name, superior=superior)


def _community_level(roll: Roll, name: str) -> None:
    own = _communities(name)
    for kind in ("community_leader", "community_clerk", "disaster_reporter", "evacuation_keeper"):
        for at in range(counts()[kind][name]):
            code, label = own[at % len(own)]
            boss = (
                f"{files.street_code(name)}-street_deputy-0"
                if kind == "community_leader"
                else f"{code}-community_leader-0"
            )
            post = Post(kind, code, rank=at // len(own))
            roll.add(f"{code}-{kind}-{at // len(own)}", code, label, post, street=name, superior=boss)


def _keepers(roll: Roll) -> None:
    """Those who answer for a place: one, or two for waterlogging points and slopes, three kinds for a reservoir."""
    labels = {code: label for name in files.street_names() for code, label in _communities(name)}
    streets = {files.street_code(name)[:9]: name for name in files.street_names()}
    for row in table("duties_by_street"):
        if not row["per_place"]:
            continue
        for place in (p for p in table("places") if p["kind"] == row["group"]):
            code, name = place["region"], streets[place["region"][:9]]
            for rank in range(int(row["per_place"])):
                post = Post(row["kind"], code, place=place["code"], rank=rank)
                key = f"{place['code']}-{row['kind']}-{rank}"
                roll.add(key, code, labels[code], post, street=name, superior=f"{code}-community_leader-0")


def _second_duties(roll: Roll) -> None:
    """430 second duties: grid workers, deputies of evacuation and shelters, the streets' own heads and liaisons."""
    people = {one.key: one for one in roll.people}
    shelters: dict[str, list[str]] = defaultdict(list)
    for place in table("places"):
        if place["kind"] == "shelter":
            shelters[place["region"]].append(place["code"])
    spare = 120
    for name in files.street_names():
        street = files.street_code(name)
        people[f"{street}-street_principal-0"].seconds.append(Post("unit_head", street))
        people[f"{street}-flood_clerk-0"].seconds.append(Post("liaison_a", street))
        people[f"{street}-flood_clerk-1"].seconds.append(Post("liaison_b", street))
        for code, _ in _communities(name):
            people[f"{code}-community_clerk-1"].seconds.append(Post("grid_worker", code))
            people[f"{code}-disaster_reporter-0"].seconds.append(Post("evacuation_keeper", code, rank=9))
            for at, shelter in enumerate(shelters[code][:spare]):
                helper = people[
                    f"{code}-{'community_leader-0' if at == 0 else f'community_clerk-{min(at - 1, 1)}'}"
                ]
                helper.seconds.append(Post("shelter_keeper", code, place=shelter, rank=1))
                spare -= 1


def _others(roll: Roll) -> None:
    """No flood duty holders: patrollers, the streets' safety and enforcement officers, the firms' managers."""
    for row in table("streets"):
        code, own = files.street_code(row["name"]), _communities(row["name"])
        for at in range(int(row["patrollers"])):
            home, label = own[at % len(own)]
            post = Post("patroller", home, rank=at // len(own))
            roll.add(
                f"{home}-patroller-{at // len(own)}",
                code,
                label,
                post,
                superior=f"{code}-street_safety_officer-0",
            )
        for rank in range(2):
            roll.add(
                f"{code}-street_safety_officer-{rank}",
                code,
                f"{row['name']}街道",
                Post("street_safety_officer", code, rank=rank),
            )
        for rank in range(7 if int(row["number"]) <= 4 else 6):
            roll.add(
                f"{code}-enforcement_officer-{rank}",
                code,
                f"{row['name']}街道",
                Post("enforcement_officer", code, rank=rank),
            )
    for firm in enterprises():
        roll.add(f"{firm.code}-manager", firm.code, firm.name, Post("safety_manager", firm.region))


@cache
def _communities(street: str) -> list[tuple[str, str]]:
    prefix = files.street_code(street)[:9]
    return [
        (row["community_code"], row["community"])
        for row in table("regions")
        if row["community_code"].startswith(prefix)
    ]


def duties_of(people: Iterable[Somebody]) -> Iterator[tuple[Somebody, Post]]:
    """Every duty with its holder: first ones, shifts, second ones."""
    for one in people:
        for post in (*one.posts, *one.seconds):
            yield one, post
