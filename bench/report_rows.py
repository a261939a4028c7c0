"""A year and nine days of a district by the database itself: `generate_series`, nothing random, the same every time.

The amounts are ten times those of the demo district's year: visits, dangers, call-outs, firms and risk points; the
entries of the ledger are filled up to what was asked. Each danger and visit has its steps as the loops write them.
"""

from typing import Any

START = "2025-07-01 00:00+08"
DAYS = 374  # to the tenth of July: the half is over for nine days, and work went on
# Of ten million entries; the register of sources is that of one district, it has no year.
SHARES = {
    "dangers": 0.062, "visits": 0.118, "calls": 0.031, "firms": 0.037, "points": 0.3035330, "sources": 0.0974024,
}  # fmt: skip
_EMPTY = {
    "boolean": "false", "jsonb": "'{}'", "timestamp with time zone": "now()", "date": "now()::date", "bytea": "''",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
}  # fmt: skip
LOOPS = (
    (2, "dangers", "dangers.danger"), (3, "visits", "patrols.visit"), (4, "calls", "warnings.call_out_item"),
    (8, "call_outs", "warnings.proposal"), (9, "call_outs", "warnings.call_out"),
)  # fmt: skip
PEOPLE = 3000  # called each time
AT = f"'{START}'::timestamptz + interval '{DAYS} days' * (n::float8 / %(many)s)"
REGION = "(%(regions)s::text[])[(1 + (n * 7919) %% %(n_regions)s)::int]"


def key(kind: int, number: str = "n") -> str:
    """An id that grows with its number, as ids made one after another do."""
    return f"('0190{kind:04x}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


class Writer:
    """Inserts by column names; what a table must have and nobody gave is empty."""

    def __init__(self, connection: Any, regions: list[str], entries: int) -> None:
        self.connection = connection
        self.regions = regions
        self.entries = entries
        self.amounts = {name: max(200, round(entries * share)) for name, share in SHARES.items()}
        self.amounts["call_outs"] = -(-self.amounts["calls"] // PEOPLE)

    def run(self, statement: str, many: int) -> int:
        """One statement with the amounts and regions filled in."""
        values = {"many": many, "regions": self.regions, "n_regions": len(self.regions)}
        return int(self.connection.execute(statement, values).rowcount)

    def insert(self, table: str, columns: dict[str, str], source: str, many: int) -> int:
        rows = self.connection.execute(
            "SELECT column_name, data_type, is_nullable, column_default, is_identity FROM information_schema.columns"
            " WHERE table_name = %s AND table_schema = 'public'",
            [table],
        ).fetchall()
        asked = dict(columns)
        for name, kind, nullable, default, identity in rows:
            if nullable == "NO" and default is None and identity == "NO" and name not in asked:
                asked[name] = _EMPTY.get(kind, "''" if "char" in kind or kind == "text" else "0")
        names = ", ".join(f'"{name}"' for name in asked)
        values = ", ".join(f'{value} AS "{name}"' for name, value in asked.items())
        return self.run(f"INSERT INTO {table} ({names}) SELECT {values} FROM {source}", many)  # noqa: S608

    def without_indexes(self, table: str) -> list[str]:
        """Drop the indexes that no constraint needs; returns how they are made again."""
        rows = self.connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)",
            [table],
        ).fetchall()
        for name, _definition in rows:
            self.connection.execute(f'DROP INDEX "{name}"')
        return [definition for _name, definition in rows]


def write(connection: Any, regions: list[str], entries: int, say: Any) -> dict[str, int]:
    """Everything; returns how many of what. `connection` is the owner's, autocommit."""
    writer = Writer(connection, regions, entries)
    tables = (
        "loop_workitem", "loop_step", "dangers_danger", "dangers_term", "patrols_visit", "patrols_finding",
        "warnings_calloutitem", "warnings_calloutanswer", "enterprises_enterprise", "enterprises_history",
        "orgs_organisation", "risks_riskpoint", "risks_level", "risks_risksource", "ledger_entry",
    )  # fmt: skip
    again = [line for table in tables for line in writer.without_indexes(table)]
    for part in (_firms, _items, _steps, _records, _calls, _risks, _ledger):
        part(writer)
        say(f"{part.__name__[1:]} written")
    for line in again:
        connection.execute(line)
    connection.execute("VACUUM ANALYZE")
    say("indexes made, tables vacuumed")
    return writer.amounts | {"entries": entries}


def _firms(w: Writer) -> None:
    many = w.amounts["firms"]
    series = f"generate_series(1::bigint, {many}) n"
    w.insert("orgs_organisation", {
        "id": key(1), "name": "'企业' || n", "kind": "'enterprise'", "region_id": REGION, "active": "true",
        "code": "'bench_' || n",
    }, series, many)  # fmt: skip
    w.insert("enterprises_enterprise", {
        "organisation_id": key(1), "status": "'operating'", "sector": "'C' || (2000 + n %% 1900)", "section": "'C'",
        "created_at": f"'{START}'::timestamptz - interval '1 year'", "updated_at": f"'{START}'::timestamptz",
    }, series, many)  # fmt: skip
    told = f"'{START}'::timestamptz + interval '1 day' * ((n * 31) %% 720 - 365)"
    values = (
        "CASE k WHEN 1 THEN 'operating' WHEN 2 THEN (CASE n %% 3 WHEN 0 THEN '100' ELSE '80' END) "
        "ELSE (ARRAY['green','yellow','red'])[(1 + n %% 3)::int] END"
    )
    w.insert("enterprises_history", {
        "id": "gen_random_uuid()", "enterprise_id": key(1), "kind": "(ARRAY['status','profile','colour'])[k]",
        "value": values, "by": "'service:bench'", "at": told, "happened_at": told,
    }, f"{series}, generate_series(1, 3) k", many)  # fmt: skip


def _items(w: Writer) -> None:
    closed = "CASE WHEN n %% 50 <> 0 THEN {at} + interval '12 days' END"
    for kind, name, loop in LOOPS:
        many = w.amounts[name]
        w.insert("loop_workitem", {
            "id": key(kind), "loop": f"'{loop}'", "state": "'closed_off'", "title": f"'{name} ' || n",
            "region_id": REGION, "opened_at": AT, "opened_by": "'service:bench'", "state_since": AT,
            "closed_at": closed.format(at=f"({AT})"),
        }, f"generate_series(1::bigint, {many}) n", many)  # fmt: skip


def _steps(w: Writer) -> None:
    """Open, put right, rechecked; one of twenty is open still, one of twelve was late, one of a hundred withdrawn.

    One danger of 500 and one visit of 400 were entered weeks after they happened; one withdrawal of seven came late.
    """
    lag = "CASE WHEN n %% 12 = 0 THEN interval '25 days' ELSE interval '9 days' END"
    at_once, weeks = "interval '0'", "CASE WHEN n %% {} = 0 THEN interval '20 days' ELSE interval '0' END"
    plans = (
        ("dangers", 2, "open", at_once, "true", weeks.format(500)),
        ("dangers", 2, "rectify", f"({lag}) - interval '1 day'", "n %% 20 <> 0", at_once),
        ("dangers", 2, "accept", f"({lag})", "n %% 20 <> 0", at_once),
        ("dangers", 2, "withdraw", "interval '2 days'", "n %% 100 = 0", weeks.format(700)),
        ("visits", 3, "open", at_once, "true", weeks.format(400)),
        ("visits", 3, "finish", "interval '1 hour'", "n %% 40 <> 0", weeks.format(400)),
        ("calls", 4, "open", at_once, "true", at_once),
    )  # fmt: skip
    parts = []
    for name, kind, move, after, which, late in plans:
        many = w.amounts[name]
        at = AT.replace("%(many)s", str(many))
        parts.append(
            f"SELECT {key(kind)} AS item, '{move}' AS move, {at} + {after} AS moment, {at} + {after} + {late} AS told"  # noqa: S608
            f" FROM generate_series(1::bigint, {many}) n WHERE {which}"
        )
    w.insert("loop_step", {
        "id": "gen_random_uuid()", "item_id": "item", "act": "gen_random_uuid()", "move": "move", "source": "'found'",
        "target": "move", "by": "'service:bench'", "at": "told", "happened_at": "moment", "late_entry": "told > moment",
    }, f"({' UNION ALL '.join(parts)} ORDER BY told) s", 1)  # fmt: skip


def _records(w: Writer) -> None:
    many = w.amounts["dangers"]
    firm = f"1 + (n * 104729) %% {w.amounts['firms']}"
    w.insert("dangers_danger", {
        "item_id": key(2), "source": "'patrol'", "description": "'隐患' || n", "category": "'exit'",
        "grade": "'ordinary'", "organisation_id": key(1, firm), "found_by": "'service:bench'",
    }, f"generate_series(1::bigint, {many}) n", many)  # fmt: skip
    w.insert("dangers_term", {
        "id": "gen_random_uuid()", "item_id": key(2), "due_at": f"{AT} + interval '15 days'", "set_at": AT,
        "by": "'service:bench'",
    }, f"generate_series(1::bigint, {many}) n", many)  # fmt: skip
    visits = w.amounts["visits"]
    person = w.connection.execute("SELECT id FROM orgs_person LIMIT 1").fetchone()[0]
    tags = (
        "CASE n %% 9 WHEN 0 THEN '[\"dust\"]' WHEN 1 THEN '[\"plating\"]' WHEN 2 THEN '[\"hazchem\"]' "
        "WHEN 3 THEN '[\"confined_space\"]' ELSE '[]' END::jsonb"
    )
    w.insert("patrols_visit", {
        "item_id": key(3), "key": key(5), "kind": "'patrol'", "organisation_id": key(1, firm), "tags": tags,
        "patroller_id": f"'{person}'::uuid", "started_at": AT, "recorded_at": AT,
    }, f"generate_series(1::bigint, {visits}) n", visits)  # fmt: skip
    w.insert("patrols_finding", {
        "id": "gen_random_uuid()", "visit_id": key(3), "danger_id": key(2, f"1 + (n * {many}::bigint) / {visits + 1}"),
        "found_at": AT,
    }, f"generate_series(1::bigint, {visits}, 2) n", visits)  # fmt: skip


def _calls(w: Writer) -> None:
    """Each call-out calls the same people; nine of ten answer, most within the limit."""
    outs, calls = w.amounts["call_outs"], w.amounts["calls"]
    common = {"hazard": "'rain'", "colour": "'orange'", "basis": "'signal'"}
    series = f"generate_series(1::bigint, {outs}) n"
    w.insert("warnings_proposal", {"item_id": key(8), **common}, series, outs)
    w.insert("warnings_callout", {
        "item_id": key(9), "proposal_id": key(8), "answer_minutes": "15", "released_at": AT, **common,
    }, series, outs)  # fmt: skip
    people = f"(SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM orgs_person LIMIT {PEOPLE}) p"  # noqa: S608
    duty = w.connection.execute("SELECT code FROM orgs_dutykind LIMIT 1").fetchone()[0]
    w.insert("warnings_calloutitem", {
        "item_id": key(4), "call_out_id": key(9, f"1 + (n - 1) / {PEOPLE}"), "person_id": "p.id", "street_id": REGION,
        "kind_id": f"'{duty}'", "closes_on": "CASE n %% 2 WHEN 0 THEN 'received' ELSE 'on_post' END", "called_at": AT,
    }, f"generate_series(1::bigint, {calls}) n JOIN {people} ON p.place = (n - 1) %% {PEOPLE}", calls)  # fmt: skip
    w.insert("warnings_calloutanswer", {
        "id": "gen_random_uuid()", "item_id": key(4), "kind": "(ARRAY['received','on_post'])[k]",
        "through": "'self'", "via": "'sms'",
        "happened_at": f"{AT} + interval '1 minute' * (k + n %% 30)", "recorded_at": f"{AT} + interval '1 hour'",
    }, f"generate_series(1::bigint, {calls}) n, generate_series(1, 2) k WHERE n %% 10 <> 0", calls)  # fmt: skip


def _risks(w: Writer) -> None:
    many = w.amounts["points"]
    level = "1 + (n %% 97 %% 11 %% 4)"
    w.insert("risks_riskpoint", {
        "id": key(6), "name": "'风险点' || n", "number": "'P' || n", "region_id": REGION, "active": "true",
        "enterprise_id": key(1, f"1 + n %% {w.amounts['firms']}"), "current_level": level, "worst_case_level": level,
        "assessed_level": level, "responsible_level": "'post'", "created_at": f"'{START}'::timestamptz",
    }, f"generate_series(1::bigint, {many}) n", many)  # fmt: skip
    told = f"'{START}'::timestamptz - interval '1 day' * (n %% 300)"
    w.insert("risks_level", {
        "id": "gen_random_uuid()", "point_id": key(6), "current_level": level, "worst_case_level": level,
        "assessed_level": level, "cause": "'declared'", "by": "'service:bench'", "at": told,
    }, f"generate_series(1::bigint, {many}) n", many)  # fmt: skip
    w.insert("risks_level", {
        "id": "gen_random_uuid()", "point_id": key(6), "current_level": "4", "worst_case_level": level,
        "assessed_level": level, "cause": "'assessed'", "by": "'service:bench'", "at": AT,
    }, f"generate_series(1::bigint, {many}, 60) n", many)  # fmt: skip
    sources = w.amounts["sources"]
    w.insert("risks_risksource", {
        "id": key(7), "point_id": key(6, f"1 + n %% {many}"), "name": "'危险源' || n", "active": "true",
    }, f"generate_series(1::bigint, {sources}) n", sources)  # fmt: skip


def _ledger(w: Writer) -> None:
    """One entry a step, and the rest of what a year writes: messages, answers, readings, sheets."""
    w.insert("ledger_entry", {
        "id": "gen_random_uuid()", "act": "gen_random_uuid()",
        "code": "(ARRAY['loop.moved','messaging.sent','loop.opened'])[(1 + n %% 3)::int]",
        "subject_type": "'loop.item'", "subject_id": "n::text", "region": REGION, "facts": "'{\"move\": \"open\"}'",
        "by": "'service:bench'", "at": AT, "hash": r"'\x00'", "recorded_at": AT,
    }, f"generate_series(1::bigint, {w.entries}) n", w.entries)  # fmt: skip
