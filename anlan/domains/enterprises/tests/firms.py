"""Firms for tests: the harbour street's furniture works of tests/people.py as an archive, and one in another street."""

from dataclasses import dataclass

from stdnum.cn import uscc

from anlan.domains.enterprises.actions.registering import register
from anlan.domains.enterprises.models import Enterprise, Site
from tests.people import HILL, NOON, QUAY, District, add_duty, add_person, district


@dataclass
class Archive:
    here: District
    firm: Enterprise
    site: Site


def code(number: int) -> str:
    """A credit code that passes its check, of a region that does not exist."""
    first = f"914403999DEM{number:05d}"
    return first + str(uscc.calc_check_digit(first))


def archive() -> Archive:
    """The district with its firm taken into the archive by the street's officer; the safety section has a head."""
    here = district()
    head = add_person("孟科长", here.bureau, account=True)
    add_duty(head, "safety_section", "440399000000")
    firm = register(
        name="海风家具厂", region=QUAY, sector="C2110", address="临港街道码头路8号", lon=113.9, lat=22.65, scale="small",
        staff=60, by=here.owner.by, at=NOON,
    )  # fmt: skip
    return Archive(here, firm, Site.objects.get(enterprise=firm))


def elsewhere(here: District) -> Enterprise:
    """A firm in the hill street."""
    return register(name="梯田食品厂", region=HILL, by=here.outsider.by, at=NOON)
