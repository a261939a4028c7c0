"""Evidence packs: asked for by a person, made by the background, taken out by whoever asked."""

import logging
from datetime import date, datetime
from pathlib import Path
from threading import Event

from django.conf import settings
from django.db import Error, transaction
from django.db.models import F
from django.utils.translation import gettext, override

from anlan.domains.assessments.actions.rights import check_office
from anlan.domains.assessments.models import Pack, Round
from anlan.domains.assessments.queries import packs as reads
from anlan.domains.assessments.queries.sheets import LOCAL
from anlan.domains.assessments.rules import duties
from anlan.kernel.core import attachments, clock, keys
from anlan.kernel.core.errors import Refused
from anlan.kernel.core.held import held
from anlan.kernel.core.words import N_
from anlan.kernel.indicators import registry
from anlan.kernel.ledger.actions import record
from anlan.kernel.loop.rights import person_id
from anlan.kernel.orgs.models import Organisation, Person
from anlan.kernel.papers.enclosures import Built, Cover, Enclosure, Section, Words, build
from anlan.kernel.papers.fonts import chinese_font

logger = logging.getLogger(__name__)
TRIES = 3
FORMS = ("pdf", "zip")
# What the pack says of itself; it is an official paper and speaks the house's language.
CATALOGUE, LATE = N_("Catalogue"), N_("late entry")
HEADS = (N_("Entry no."), N_("Title"), N_("Happened"), N_("Recorded"), N_("Page no."))
FOOT = N_("page {page} of {pages}")
NOT_PRINTABLE = N_("“{name}” cannot be printed here; it lies in the folder under this number.")
TITLE, PERIOD, MADE = N_("Evidence pack"), N_("{first} to {last}"), N_("Made {day}")
ITEM, WEIGHT, VALUE, NO_VALUE = N_("Item {code}"), N_("Weight {weight}"), N_("Value {value}"), N_("No value")
MORE = N_("{rows} more rows and {files} more files lie in the platform")
SOURCE = N_("Source: {source}")
NOTHING = N_("Nothing was added for this item.")
SAID = {
    "self": N_("Self-score {points}"),
    "check": N_("Check {points}"),
    "correct": N_("Correction {points}"),
}
APART = N_("does not apply")


def ask_pack(
    *,
    of: Round,
    items: list[str],
    first: date,
    last: date,
    by: str,
    at: datetime,
    unit: Organisation | None = None,
) -> Pack:
    """Ask for a pack: the office of any unit or of all, a unit's own people of theirs."""
    person = person_id(by)
    own = (
        unit is not None
        and person is not None
        and Person.objects.filter(pk=person, organisation=unit).exists()
    )
    if not own:
        check_office(of.region_id, by=by, at=at, kinds=duties.DECIDERS)
    known = set(of.scheme.items.values_list("code", flat=True))
    wanted = [code for code in dict.fromkeys(items) if code in known]
    if not wanted:
        raise Refused(duties.NO_ITEMS, field="items")
    if last < first:
        raise Refused(duties.BAD_SPAN, field="last")
    return Pack.objects.create(round=of, unit=unit, items=wanted, first=first, last=last, by=by, at=at)


def path_of(pack: Pack, form: str) -> Path:
    """Where the files of a pack lie."""
    folder = Path(settings.ANLAN_VAR) / "packs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{pack.pk}.{form}"


def work_once(stop: Event) -> bool:
    """Make one waiting pack; False where there was none. Any number of processes may call this."""
    for pk in Pack.objects.filter(state="waiting").order_by("at").values_list("pk", flat=True)[:20]:
        if stop.is_set():
            return False
        with held(f"assessments.pack:{pk}") as ours:
            pack = Pack.objects.select_related("round__scheme", "unit").filter(pk=pk, state="waiting").first()
            if ours and pack is not None:
                _try(pack)
                return True
    return False


def _try(pack: Pack) -> None:
    try:
        make(pack)
    except Refused as refusal:
        facts = {name: str(fact) for name, fact in refusal.facts.items()}
        Pack.objects.filter(pk=pack.pk).update(
            state="refused", code=refusal.code, facts=facts, ended_at=clock.real_now()
        )
    except Error:
        raise
    except Exception:
        logger.exception("evidence pack %s", pack.pk)
        broken = pack.tries + 1 >= TRIES
        Pack.objects.filter(pk=pack.pk).update(tries=F("tries") + 1, state="broken" if broken else "waiting")


def make(pack: Pack) -> Pack:
    """Write both files, then say in the ledger what was made."""
    at = clock.real_now()
    known_at = clock.now(pack.round.exercise_id)
    pdf, folder = path_of(pack, "pdf"), path_of(pack, "zip")
    with override(settings.LANGUAGE_CODE):
        sections = [_section(each) for each in reads.chosen(pack, as_of=known_at)]
        built = build(
            cover=_cover(pack, known_at), sections=sections, words=_words(), font=chinese_font(), at=at,
            pdf=pdf.with_suffix(".partial-pdf"), folder=folder.with_suffix(".partial-zip"),
        )  # fmt: skip
    pdf.with_suffix(".partial-pdf").rename(pdf)
    folder.with_suffix(".partial-zip").rename(folder)
    return _ready(pack, built, sections, at)


def _ready(pack: Pack, built: Built, sections: list[Section], at: datetime) -> Pack:
    with transaction.atomic():
        pack.state, pack.ended_at = "ready", at
        pack.pages, pack.files = built.pages, built.files
        pack.late = sum(1 for section in sections for each in section.enclosures if each.late)
        pack.pdf_sm3, pack.zip_sm3 = (keys.sm3(path_of(pack, form).read_bytes()) for form in FORMS)
        pack.save()
        facts = {
            "files": pack.files,
            "pages": pack.pages,
            "pdf": pack.pdf_sm3,
            "zip": pack.zip_sm3,
            "items": pack.items,
        }
        record(code="assessments.pack_made", subject=("assessments.round", pack.round_id), facts=facts, by=pack.by,
               at=at, region=pack.round.region_id, exercise_id=pack.round.exercise_id)  # fmt: skip
    return pack


def take(*, pack: Pack, form: str, by: str, at: datetime) -> Path:
    """The file of a pack, for whoever asked for it; that it was taken out is an entry."""
    if pack.state != "ready" or form not in FORMS or not path_of(pack, form).is_file():
        raise Refused(duties.PACK_NOT_READY)
    record(code="assessments.pack_taken", subject=("assessments.round", pack.round_id), facts={"form": form}, by=by,
           at=at, region=pack.round.region_id, exercise_id=pack.round.exercise_id)  # fmt: skip
    return path_of(pack, form)


# ---- what it says ----
def _words() -> Words:
    number, title, happened, recorded, page = (gettext(head) for head in HEADS)
    return Words(
        catalogue=gettext(CATALOGUE), heads=(number, title, happened, recorded, page), foot=gettext(FOOT),
        not_printable=gettext(NOT_PRINTABLE), whole=gettext(TITLE),
    )  # fmt: skip


def _cover(pack: Pack, at: datetime) -> Cover:
    lines = [pack.round.title]
    if pack.unit is not None:
        lines.append(pack.unit.name)
    lines.append(gettext(PERIOD).format(first=pack.first, last=pack.last))
    office = reads.office_of(pack.by)
    day = gettext(MADE).format(day=f"{at.astimezone(LOCAL):%Y-%m-%d}")
    return Cover(gettext(TITLE), tuple(lines), (office, day) if office else (day,))


def _section(each: reads.Chosen) -> Section:
    many = gettext(MORE).format(rows=each.more_rows, files=each.more_papers)
    words = [
        f"{each.sheet.unit} · " + gettext(ITEM).format(code=each.item.code),
        " · ".join(
            filter(None, (gettext(WEIGHT).format(weight=f"{each.item.weight.normalize():f}"), _value(each)))
        ),
        *_said(each),
    ]
    if source := _source(each):
        words.append(source)
    if each.more_rows or each.more_papers:
        words.append(many)
    if not each.rows and not each.papers:
        words.append(gettext(NOTHING))
    heads = (gettext(HEADS[1]), gettext(HEADS[2]), gettext(HEADS[3])) if each.rows else ()
    return Section(
        title=f"{each.item.label}（{each.sheet.unit}）", words=tuple(words), heads=heads,
        rows=tuple((_marked(row.title, row.late), _day(row.happened_at), _day(row.recorded_at)) for row in each.rows),
        enclosures=tuple(_enclosure(paper) for paper in each.papers),
    )  # fmt: skip


def _said(each: reads.Chosen) -> list[str]:
    """What the unit, the checker and a correction said of the item."""
    found = []
    for role, words in SAID.items():
        if (mark := each.marks.get(role)) is not None and (mark.points is not None or mark.apart):
            points = gettext(APART) if mark.points is None else f"{mark.points.normalize():f}"
            found.append(" ".join((gettext(words).format(points=points), mark.said)).strip())
    return found


def _value(each: reads.Chosen) -> str:
    if each.item.kind == "judged":
        return ""
    if each.valued.value is None:
        return gettext(NO_VALUE)
    return gettext(VALUE).format(value=f"{each.valued.value.normalize():f}")


def _source(each: reads.Chosen) -> str:
    """Where the number comes from: the platform's definition, or the source that was entered with it."""
    if each.valued.count is not None:
        return gettext(SOURCE).format(source=f"{each.valued.count.scope} · {each.valued.count.source}")
    if each.valued.reading is not None:
        return gettext(SOURCE).format(source=gettext(registry.of_code(each.item.indicator).definition))
    return ""


def _marked(title: str, late: bool) -> str:
    return f"【{gettext(LATE)}】{title}" if late else title


def _enclosure(paper: reads.Paper) -> Enclosure:
    return Enclosure(
        title=paper.title, name=paper.file.name, path=attachments.path_of(paper.file.sm3),
        happened=_day(paper.happened_at), recorded=_day(paper.recorded_at), late=gettext(LATE) if paper.late else "",
    )  # fmt: skip


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(LOCAL):%Y-%m-%d}"
