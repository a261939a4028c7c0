"""Verify names the entry that was touched, and no other."""

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.kernel.ledger import hashing
from anlan.kernel.ledger import verify as proof
from anlan.kernel.ledger.models import Entry, Position
from anlan.kernel.ledger.sequencer import head, sequence_all
from anlan.kernel.ledger.tests.helpers import NOON, OFFICER, as_owner, write, write_many
from anlan.kernel.ledger.verify import verify

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def entries():
    written = write_many(9)
    sequence_all()
    return written


def named(**how):
    return [(finding.what, finding.seq) for finding in verify(**how).findings]


def test_an_untouched_ledger_is_in_order(entries):
    verdict = verify(expect=head())
    assert verdict.ok
    assert (verdict.checked, verdict.last_seq, verdict.last_seal) == (9, *head())


def test_an_empty_ledger_is_in_order():
    assert verify().ok
    assert verify(expect=(0, hashing.GENESIS)).ok


def test_young_entries_wait_and_are_no_finding(entries):
    write()
    verdict = verify()
    assert (verdict.ok, verdict.waiting) == (True, 1)


@pytest.mark.parametrize(
    "change",
    [
        """facts = '{"depth_cm": 99}'""", "code = 'snow.cleared'", "subject_id = '99'", "subject_type = 'ice'",
        "region = '440399'", "by = 'person:other'", "at = at + interval '1 microsecond'", "happened_at = at",
        "act = id", f"exercise_id = '{OFFICER[7:]}'",
    ],
)  # fmt: skip
@pytest.mark.feature("M171")
def test_a_changed_entry_is_named(entries, change):
    as_owner(f"UPDATE ledger_entry SET {change} WHERE id = %s", [entries[3].id])
    (finding,) = verify().findings
    assert (finding.what, finding.seq, finding.entry_id) == (proof.CHANGED, 4, entries[3].id)
    assert finding.code in {"snow.seen", "snow.cleared"}


@pytest.mark.parametrize(
    "change", ["recorded_at = recorded_at - interval '1 second'", "xid = '1'", "system_identifier = 42"]
)
def test_a_changed_stamp_is_named(entries, change):
    as_owner(f"UPDATE ledger_entry SET {change} WHERE id = %s", [entries[3].id])
    assert named() == [(proof.RESTAMPED, 4)]


def test_an_entry_changed_together_with_its_hash_is_named(entries):
    entry = Entry.objects.get(pk=entries[3].pk)
    entry.facts = {"depth_cm": 0}
    fresh = hashing.content_hash(hashing.content(entry), '{"depth_cm":0}')
    as_owner(
        "UPDATE ledger_entry SET facts = '{\"depth_cm\": 0}', hash = %s WHERE id = %s", [fresh, entry.id]
    )
    assert named() == [(proof.RESTAMPED, 4)]


def test_a_changed_hash_alone_is_named(entries):
    as_owner("UPDATE ledger_entry SET hash = '\\x00' WHERE id = %s", [entries[3].id])
    assert named() == [(proof.REHASHED, 4)]


@pytest.mark.feature("M171")
def test_a_removed_entry_is_named(entries):
    as_owner("DELETE FROM ledger_entry WHERE id = %s", [entries[3].id])
    (finding,) = verify().findings
    assert (finding.what, finding.seq, finding.entry_id) == (proof.REMOVED, 4, entries[3].id)


def test_entries_removed_with_their_positions_leave_a_gap(entries):
    as_owner("DELETE FROM ledger_entry WHERE id = ANY(%s)", [[entries[3].id, entries[4].id]])
    as_owner("DELETE FROM ledger_position WHERE seq IN (4, 5)")
    (finding,) = verify().findings
    assert (finding.what, finding.seq, finding.facts) == (proof.GAP, 6, {"count": 2})


def test_a_removal_that_closes_the_ranks_breaks_the_chain(entries):
    as_owner("DELETE FROM ledger_entry WHERE id = %s", [entries[3].id])
    as_owner("DELETE FROM ledger_position WHERE seq = 4")
    as_owner("UPDATE ledger_position SET seq = seq - 1 WHERE seq > 4")
    assert named() == [(proof.UNJOINED, 4)]


def put_in(seq, seal):
    """Make room at `seq` and put an entry there; `seal` may be forged from the one before."""
    late = write(facts={"depth_cm": 0})
    as_owner("UPDATE ledger_position SET seq = -seq - 1 WHERE seq >= %s", [seq])
    as_owner("UPDATE ledger_position SET seq = -seq WHERE seq < 0")
    stamped = hashing.stamped_hash(late.hash, late.recorded_at, late.xid, late.system_identifier)
    before = bytes(Position.objects.get(seq=seq - 1).seal)
    Position.objects.create(
        seq=seq, entry=late, entry_hash=stamped, seal=seal or hashing.seal(before, stamped)
    )
    return late


@pytest.mark.parametrize("seal", [None, bytes(32)], ids=["with a forged seal", "with any seal"])
def test_an_entry_put_in_is_named(entries, seal):
    late = put_in(4, seal)
    (finding,) = verify().findings
    assert (finding.what, finding.seq, finding.entry_id) == (proof.PUT_IN, 4, late.id)


def test_an_entry_slipped_in_behind_the_sequencer_is_named(entries):
    late = write()
    as_owner("UPDATE ledger_entry SET xid = '5' WHERE id = %s", [late.id])
    sequence_all()
    (finding,) = verify().findings
    assert (finding.what, finding.entry_id) == (proof.SLIPPED_IN, late.id)


def test_an_entry_dated_back_by_the_owner_is_noted(entries):
    as_owner(
        "INSERT INTO ledger_entry (id, act, code, subject_type, subject_id, region, facts, by, at, hash, recorded_at)"
        " SELECT gen_random_uuid(), act, code, subject_type, subject_id, region, facts, by, at, hash,"
        " recorded_at - interval '3 days' FROM ledger_entry LIMIT 1"
    )
    sequence_all()
    verdict = verify()
    assert [(note.what, note.seq) for note in verdict.notes] == [(proof.BACK_IN_TIME, 10)]


def test_a_changed_seal_is_named_once(entries):
    as_owner("UPDATE ledger_position SET seal = '\\x00' WHERE seq = 4")
    assert named() == [(proof.UNJOINED, 4)]


def test_a_tail_cut_off_is_found_only_by_the_seal_handed_over(entries):
    handed_over = head()
    as_owner("DELETE FROM ledger_position WHERE seq > 7")
    as_owner("DELETE FROM ledger_entry WHERE id = ANY(%s)", [[entries[7].id, entries[8].id]])
    assert verify().ok
    (finding,) = verify(expect=handed_over).findings
    assert (finding.what, finding.facts) == (proof.CUT_OFF, {"handed_over": 9, "last": 7})


def test_a_ledger_rewritten_with_new_seals_is_found_by_the_seal_handed_over(entries):
    handed_over = head()
    as_owner("DELETE FROM ledger_position")
    as_owner("DELETE FROM ledger_horizon")
    as_owner("DELETE FROM ledger_entry WHERE id = %s", [entries[3].id])
    sequence_all()
    write()
    sequence_all()
    assert verify().ok
    assert named(expect=handed_over) == [(proof.REWRITTEN, 9)]


def test_several_culprits_are_all_named(entries):
    as_owner("UPDATE ledger_entry SET region = '44' WHERE id = %s", [entries[1].id])
    as_owner("DELETE FROM ledger_entry WHERE id = %s", [entries[5].id])
    assert named() == [(proof.CHANGED, 2), (proof.REMOVED, 6)]


def test_the_list_of_findings_is_cut_visibly(entries, monkeypatch):
    monkeypatch.setattr(proof, "MOST_NAMED", 3)
    as_owner("UPDATE ledger_entry SET region = '44'")
    verdict = verify()
    assert (len(verdict.findings), verdict.more, verdict.ok) == (3, True, False)


def test_the_walk_goes_in_chunks(entries, monkeypatch):
    monkeypatch.setattr(proof, "CHUNK", 2)
    assert verify().checked == 9
    as_owner("DELETE FROM ledger_entry WHERE id = %s", [entries[4].id])
    assert named() == [(proof.REMOVED, 5)]


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_one_bit_turned_in_any_hash_or_seal_is_found(data, cluster):
    if not Position.objects.exists():
        write_many(6)
        sequence_all()
    table, column, key = data.draw(
        st.sampled_from(
            [
                ("ledger_entry", "hash", "id"),
                ("ledger_position", "entry_hash", "seq"),
                ("ledger_position", "seal", "seq"),
            ]
        )
    )
    seq, bit = data.draw(st.integers(1, 6)), data.draw(st.integers(0, 255))
    row = Position.objects.get(seq=seq).entry_id if key == "id" else seq
    turn = f"UPDATE {table} SET {column} = set_bit({column}, %s, 1 - get_bit({column}, %s)) WHERE {key} = %s"
    as_owner(turn, [bit, bit, row])
    assert {finding.seq for finding in verify().findings} == {seq}
    as_owner(turn, [bit, bit, row])
    assert verify().ok


def test_the_walk_needs_no_more_than_the_rights_of_the_application(entries, cluster):
    with psycopg.connect(cluster.conninfo("anlan_app")) as app:
        assert app.execute("SELECT current_user").fetchone() == ("anlan_app",)
    assert verify().checked == 9
    assert entries[0].at == NOON
