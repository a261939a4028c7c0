"""Risk points and sources out of the bureau's spreadsheets, from the file to the rows."""

from pathlib import Path
from threading import Event

import pytest

from anlan.domains.risks.actions import declaring
from anlan.domains.risks.actions.sheets import SOURCES
from anlan.domains.risks.models import Level, Measure, RiskPoint, RiskSource
from anlan.domains.risks.tests.ground import a_firm, a_point, a_source
from anlan.kernel.core.errors import Refused
from anlan.kernel.ledger.models import Entry
from anlan.kernel.sheets import actions, queries, reading, running
from anlan.kernel.sheets.models import Bad, Habit, Import
from anlan.kernel.sheets.writing import write_xlsx
from tests.people import NOON, QUAY, District, district

pytestmark = pytest.mark.django_db
USCC = "91440399MA5DEMO001"
HEADS = [
    "统一社会信用代码*",
    "风险点编号",
    "风险点名称",
    "危险源名称",
    "风险等级",
    "极端风险等级",
    "评估方法",
    "L",
    "E",
    "C",
]


@pytest.fixture
def here() -> District:
    made = district()
    made.firm.uscc = "91440300708461136T"
    made.firm.save()
    a_firm(made)
    return made


def rows_of(here: District, many: int, *, level: str = "一般") -> list[list[object]]:
    return [
        [
            here.firm.uscc,
            f"P{n // 3:04}",
            f"{n // 3}号喷漆房",
            f"静电积聚{n % 3}",
            level,
            "重大",
            "",
            "",
            "",
            "",
        ]
        for n in range(many)
    ]


def sent(
    path: Path, rows: list[list[object]], *, by: str, sheet: str = "risks.sources", heads=HEADS
) -> Import:
    write_xlsx(path / "a.xlsx", name="台账", heads=heads, rows=rows)
    return handed_in(path / "a.xlsx", by=by, sheet=sheet)


def handed_in(path: Path, *, by: str, sheet: str = "risks.sources") -> Import:
    blocks = [path.read_bytes()]
    job = actions.receive(sheet=sheet, blocks=blocks, name=path.name, office="o", by=by, at=NOON)
    return running.run(job)


def taken(job: Import, *, dry: bool = False, given: dict[str, str] | None = None) -> Import:
    actions.begin(job=job, given=given, dry=dry, by=job.by, at=NOON)
    return running.run(job)


@pytest.mark.feature("M114", "M365")
class TestAnImport:
    def test_reads_heads_as_offices_write_them_and_remembers_what_was_chosen(
        self, here: District, tmp_path: Path
    ) -> None:
        heads = ["序号", *HEADS[:2], "点名", *HEADS[3:]]
        job = sent(tmp_path, [[1, *row] for row in rows_of(here, 3)], by=here.owner.by, heads=heads)
        assert job.state == "looked_at"
        assert (job.mapping["统一社会信用代码*"], job.mapping["点名"], job.rows) == ("uscc", "", 3)
        job = taken(job, given={**job.mapping, "点名": "name"})
        assert (job.state, job.written, RiskPoint.objects.get().name) == ("taken", 3, "0号喷漆房")
        again = sent(tmp_path, [[1, *row] for row in rows_of(here, 3)], by=here.owner.by, heads=heads)
        assert again.mapping["点名"] == "name"
        assert Habit.objects.get(head="点名").office == "o"

    def test_writes_points_sources_history_and_one_entry_a_chunk(
        self, here: District, tmp_path: Path
    ) -> None:
        job = taken(sent(tmp_path, rows_of(here, 30), by=here.owner.by))
        assert (
            job.written,
            RiskSource.objects.count(),
            RiskPoint.objects.count(),
            Level.objects.count(),
        ) == (30, 30, 10, 10)
        point = RiskPoint.objects.order_by("number").first()
        assert (point.worst_case_level, point.assessed_level, point.current_level, point.region_id) == (
            4,
            2,
            2,
            QUAY,
        )
        entry = Entry.objects.get(code="sheets.taken")
        assert (entry.act, entry.facts["first"], entry.facts["last"], len(entry.facts["ids"])) == (
            job.act,
            2,
            31,
            40,
        )
        assert entry.facts["sm3"] == job.file.sm3
        assert point.act == job.act

    def test_tries_first_and_writes_nothing(self, here: District, tmp_path: Path) -> None:
        job = taken(sent(tmp_path, rows_of(here, 6), by=here.owner.by), dry=True)
        assert (job.state, job.written, RiskPoint.objects.count()) == ("checked", 6, 0)
        assert taken(job).written == 6

    def test_takes_the_good_rows_and_says_of_each_bad_one_why(self, here: District, tmp_path: Path) -> None:
        rows = rows_of(here, 9)
        rows[1][0], rows[4][4], rows[6][0] = "91440300MA5ABCDE0X", "紫色", "91110000600037341L"
        job = taken(sent(tmp_path, rows, by=here.owner.by))
        assert (job.written, job.refused) == (6, 3)
        told = [(bad.row, bad.column, queries.said(bad)) for bad in Bad.objects.order_by("row")]
        assert [row for row, _column, _why in told] == [3, 6, 8]
        assert told[2] == (8, "uscc", "没有这个统一社会信用代码的企业，请先导入企业。")
        path = queries.bad_rows_file(job)
        found = list(next(reading.leaves(path)).rows)
        path.unlink()
        assert found[0][-3:] == ["行号", "列", "原因"] or len(found[0]) == len(HEADS) + 3
        assert [row[len(HEADS)] for row in found[1:]] == [3, 6, 8]

    def test_changes_nothing_the_second_time_and_only_what_differs_the_third(
        self, here: District, tmp_path: Path
    ) -> None:
        taken(sent(tmp_path, rows_of(here, 9), by=here.owner.by))
        again = taken(sent(tmp_path, rows_of(here, 9), by=here.owner.by))
        assert (again.written, again.same, Level.objects.count()) == (0, 9, 3)
        rows = rows_of(here, 9)
        rows[0][4] = "较大"
        third = taken(sent(tmp_path, rows, by=here.owner.by))
        point = RiskPoint.objects.get(number="P0000")
        assert (third.written, third.same, point.assessed_level, point.responsible_level) == (
            1,
            8,
            3,
            "workshop",
        )

    def test_computes_the_level_of_a_method_and_refuses_a_factor_it_does_not_know(
        self, here: District, tmp_path: Path
    ) -> None:
        rows = rows_of(here, 2, level="")
        rows[0][6:] = ["LEC", 3, 6, 15]
        rows[1][6:] = ["LEC", 4, 6, 15]
        job = taken(sent(tmp_path, rows, by=here.owner.by))
        source = RiskSource.objects.get()
        assert (source.assessed_level, source.score, source.inputs) == (
            3,
            270,
            {"L": 3.0, "E": 6.0, "C": 15.0},
        )
        assert (job.refused, Bad.objects.get().column) == (1, "L")

    def test_of_a_street_writes_nothing_in_another_one(self, here: District, tmp_path: Path) -> None:
        job = taken(sent(tmp_path, rows_of(here, 3), by=here.outsider.by))
        assert (job.written, job.refused, RiskPoint.objects.count()) == (0, 3, 0)

    def test_of_a_firm_writes_of_that_firm(self, here: District, tmp_path: Path) -> None:
        assert taken(sent(tmp_path, rows_of(here, 3), by=here.manager.by)).written == 3

    def test_goes_on_where_it_was_stopped(
        self, here: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(running, "CHUNK", 4)
        job = sent(tmp_path, rows_of(here, 12), by=here.owner.by)
        actions.begin(job=job, dry=False, by=job.by, at=NOON)
        stop = Event()
        written = running._write

        def once(*given: object) -> None:
            written(*given)
            stop.set()

        monkeypatch.setattr(running, "_write", once)
        running.run(job, stop=stop)
        assert (job.state, job.position, RiskSource.objects.count()) == ("running", 4, 4)
        monkeypatch.setattr(running, "_write", written)
        assert running.work_once()
        job.refresh_from_db()
        assert (job.state, job.written, RiskSource.objects.count()) == ("taken", 12, 12)
        assert Entry.objects.filter(code="sheets.taken", act=job.act).count() == 3

    def test_says_why_a_file_is_not_taken(self, here: District, tmp_path: Path) -> None:
        path = tmp_path / "a.csv"
        path.write_text("甲,乙\n1,2\n", encoding="utf-8")
        job = handed_in(path, by=here.owner.by)
        assert (job.state, job.code) == ("refused", "sheets.no_heads")

    def test_asks_for_the_columns_it_needs(self, here: District, tmp_path: Path) -> None:
        job = sent(tmp_path, rows_of(here, 1), by=here.owner.by)
        with pytest.raises(Refused) as refusal:
            actions.begin(job=job, given={"风险点编号": "number"}, dry=True, by=job.by, at=NOON)
        assert refusal.value.code == "sheets.column_lacking"


def test_points_and_measures_come_in_by_their_own_sheets(here: District, tmp_path: Path) -> None:
    heads = ["信用代码", "编号", "风险点", "类型", "社区", "经度", "纬度", "风险等级"]
    row = [here.firm.uscc, "A1", "1号行车", "设备", "码头社区", 113.91, 22.61, "较大风险"]
    wrong = [here.firm.uscc, "A2", "2号行车", "设备", "无名社区", "", "", "低"]
    job = taken(sent(tmp_path, [row, wrong], by=here.owner.by, sheet="risks.points", heads=heads))
    point = RiskPoint.objects.get()
    assert (job.written, job.refused, point.kind, point.lon, point.assessed_level) == (
        1,
        1,
        "equipment",
        113.91,
        3,
    )
    a_source(point, "吊索断股")
    heads = ["信用代码", "编号", "危险源", "措施类别", "措施内容"]
    rows = [
        [here.firm.uscc, "A1", "吊索断股", "管理措施", "班前检查吊索"],
        [here.firm.uscc, "A9", "", "培训教育措施", "x"],
    ]
    job = taken(sent(tmp_path, rows, by=here.owner.by, sheet="risks.measures", heads=heads))
    assert (job.written, job.refused, Measure.objects.get().source.name) == (1, 1, "吊索断股")


@pytest.mark.feature("M159")
def test_a_list_goes_out_as_the_person_may_see_it_and_the_ledger_says_so(here: District) -> None:
    point = a_point(a_firm(here))
    a_source(point)
    found = {}
    for person in (here.owner, here.outsider, here.manager):
        job = actions.ask_for(sheet="risks.sources", person=person.pk, by=person.by, at=NOON)
        assert running.work_once()
        job.refresh_from_db()
        found[person.name] = job.rows
    assert found == {"Alma": 1, "Carl": 0, "Fang": 1}
    entry = Entry.objects.filter(code="sheets.exported").first()
    assert entry.facts["rows"] == 1
    assert len(SOURCES.columns) == 18


def test_a_row_of_what_had_ended_takes_it_up_again_with_its_history(here: District, tmp_path: Path) -> None:
    taken(sent(tmp_path, rows_of(here, 2), by=here.owner.by))
    point, source = RiskPoint.objects.get(), RiskSource.objects.first()
    measure = Measure.objects.create(
        point=point, kind="training", text="班前讲", by="x", at=NOON, active=False
    )
    said = {"point_id": point.pk, "why": "拆除", "by": here.owner.by, "at": NOON}
    declaring.end_source(source_id=source.pk, **said)
    declaring.end_point(**said)
    taken(sent(tmp_path, rows_of(here, 2), by=here.owner.by))
    heads = ["信用代码", "编号", "危险源", "措施类别", "措施内容"]
    row = [here.firm.uscc, point.number, "", "培训教育措施", "班前讲"]
    taken(sent(tmp_path, [row], by=here.owner.by, sheet="risks.measures", heads=heads))
    for row in (point, source, measure):
        row.refresh_from_db()
        assert row.active
    assert source.ended_at is None
    assert Level.objects.order_by("pk").last().cause == "imported"
