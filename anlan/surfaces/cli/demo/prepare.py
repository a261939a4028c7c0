"""What `anlan up --demo` does before the processes start: the district, and people to sign in as."""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from anlan.kernel.core import clock
from anlan.kernel.orgs.actions import make_sign_in_link
from anlan.kernel.orgs.models import Person
from anlan.surfaces.cli.demo import (
    accidents,
    assessments,
    bulletins,
    dangers,
    district,
    enforcement,
    enterprises,
    facts,
    forces,
    grassroots,
    incidents,
    patrols,
    practice,
    returns,
    risks,
    workplan,
)

LINK_MINUTES = 720
PEOPLE = (  # whom a newcomer may be; the key is the person's in people.py
    ("watch-3", "值班员", "Watch officer"),
    ("watch-1", "值班长", "Watch chief"),
    ("deputy-0", "三防副指挥", "Deputy commander"),
    ("440399001000-flood_clerk-0", "临港街道三防专干", "Flood officer of Lingang street"),
    ("440399001001-community_clerk-0", "听澜社区三防专员", "Community flood duty holder"),
    ("firm_001-manager", "企业安全主管", "Enterprise safety manager"),
    # The daily work, in the real world; the furniture and dust of 凤岭.
    ("440399005001-patroller-0", "凤岭街道专职安全员", "Patroller of Fengling street"),
    ("440399005000-street_safety_officer-0", "凤岭街道安监人员", "Safety officer of Fengling street"),
    ("watch-9", "监管科长", "Safety section of the bureau"),
    ("watch-17", "考核办人员", "Assessment office"),
    ("watch-19", "核查意见专责", "Keeper of vetting"),
)


class SignIn(NamedTuple):
    """One line for the newcomer: who, and a link that signs in once."""

    label_zh: str
    label_en: str
    url: str


def prepare() -> list[SignIn]:
    """Write the district and its daily work where they are not there yet, and make new one-time links."""
    if not district.is_there():
        district.write()
    for each in (
        enterprises, risks, dangers, patrols, grassroots, facts, incidents, accidents, workplan, assessments,
        enforcement, bulletins, returns, forces, practice,
    ):  # fmt: skip
        each.write()
    return sign_ins()


def sign_ins() -> list[SignIn]:
    """New one-time links for those whom a newcomer may be."""
    at = clock.real_now()
    return [_sign_in(*who, at=at) for who in PEOPLE]


def _sign_in(key: str, label: str, english: str, *, at: datetime) -> SignIn:
    person = Person.objects.get(pk=district.key("person", key))
    token = make_sign_in_link(person=person, by=district.BY, at=at, minutes=LINK_MINUTES)
    return SignIn(f"{label} {person.name}", english, f"{settings.ANLAN_PUBLIC_URL}/in/{token}/")
