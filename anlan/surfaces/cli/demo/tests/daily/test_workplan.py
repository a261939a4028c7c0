"""The demo's work plan holds every state that a page must show."""

from django.apps import apps

from anlan.kernel.loop.models import WorkItem
from anlan.surfaces.cli.demo import workplan


def states(loop: str) -> set[str]:
    return set(WorkItem.objects.filter(loop=loop, exercise=None).values_list("state", flat=True))


def test_tasks_and_what_is_asked_stand_in_every_state_of_their_way() -> None:
    assert states("workplan.task") >= {"handed_out", "signed_for", "claimed", "done"}
    assert states("workplan.follow_up") >= {"issued", "signed_for", "answered", "closed_off"}
    assert states("workplan.instruction") >= {"issued", "signed_for", "answered", "closed_off"}
    assert states("workplan.question") == {"asked"}
    assert states("workplan.decision") >= {"issued", "closed_off"}


def test_the_matrix_has_a_gap_and_an_overlap_and_one_fund_lags() -> None:
    matters = apps.get_model("workplan.Matter").objects.filter(region_id="440399000000")
    roles = {m: list(m.shares.filter(role="industry")) for m in matters}
    assert [m.name for m, own in roles.items() if not own] == ["小散工程"]
    assert [m.name for m, own in roles.items() if len(own) > 1] == ["电动自行车充电"]
    assert apps.get_model("workplan.Fund").objects.count() == 4


def test_writing_it_again_changes_nothing() -> None:
    before = WorkItem.objects.filter(loop__startswith="workplan.").count()
    workplan.write()
    assert WorkItem.objects.filter(loop__startswith="workplan.").count() == before
