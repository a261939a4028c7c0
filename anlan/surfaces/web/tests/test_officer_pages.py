"""One patroller's page, training, rotation and the rows of a score at the desk; a firm's ledger of responsibilities."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anlan.domains.dangers.models import Danger
from anlan.domains.enterprises.actions import registering
from anlan.domains.enterprises.models import DutyHolder, DutyLedger, DutyPost, Enterprise, Site
from anlan.domains.patrols.actions import Begun, Written, begin, finish, rotation, scores
from anlan.domains.patrols.actions import training as courses
from anlan.domains.patrols.models import Rotation, Score, Training, TrainingDue
from anlan.kernel.core import clock
from anlan.kernel.core.ids import new_id
from anlan.kernel.orgs.models import Duty, Organisation
from tests.people import DISTRICT, QUAY, District, add_person, district

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def here() -> District:
    return district()


def browser(person: object) -> Client:
    client = Client()
    client.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")  # type: ignore[attr-defined]
    return client


def read(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"web:{name}", args=args) + query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


@pytest.mark.feature("M026")
class TestAPatroller:
    def test_sees_their_own_page_and_the_office_enters_courses_on_it(self, here: District) -> None:
        now = clock.real_now()
        courses.open_training(region=DISTRICT, at=now)
        alma, bo = browser(here.owner), browser(here.colleague)
        assert "Alma" in read(alma, "officer_me")
        page = read(alma, "officer", here.owner.pk)
        assert "年 40 学时" in page and "firm-form" not in page
        assert "缺学时" in read(bo, "officer_training")
        assert browser(here.outsider).get(reverse("web:officer", args=[here.owner.pk])).status_code == 404
        facts = {
            "name": "继续教育",
            "kind": "yearly",
            "held_on": f"{timezone.localdate(now)}",  # yesterday may be of last year, and the hours are this year's
            "hours": "24",
            "result": "passed",
        }
        to = reverse("web:officer", args=[here.owner.pk])
        assert bo.post(to, facts | {"hours": "x"}).status_code == 422
        assert alma.post(to, facts).status_code == 422  # nobody enters their own
        assert bo.post(to, facts | {"hours": "40"}).status_code == 302
        assert TrainingDue.objects.get().item.state == "met"
        row = Training.objects.get()
        strike = reverse("web:course_strike", args=[here.owner.pk, row.pk])
        assert bo.post(strike, {"why": ""}).status_code == 422
        assert bo.post(strike, {"why": "重复"}).status_code == 302
        assert "重复" in read(alma, "officer", here.owner.pk)

    def test_is_moved_by_another_on_the_page_of_the_proposal(self, here: District) -> None:
        now = clock.real_now()
        ou = add_person("Ou", here.street)
        Duty.objects.create(person=ou, kind_id="patroller", region_id=QUAY, valid_from=now - 900 * DAY)
        rotation.propose_rotations(region=DISTRICT, at=now)
        row, bo = Rotation.objects.get(), browser(here.colleague)
        page = read(bo, "record", "patrols", "rotation", row.pk)
        assert "移交片区" in page
        assert "Alma · 码头社区" in read(bo, "move", "patrols", "rotation", row.pk, "rotate")
        to = reverse("web:move", args=["patrols", "rotation", row.pk, "rotate"])
        assert bo.post(to, {"to": str(here.outsider.pk), "reason": "期满"}).status_code == 422
        assert bo.post(to, {"to": str(here.colleague.pk), "reason": "期满"}).status_code == 302
        row.refresh_from_db()
        assert row.to == here.colleague
        assert "轮岗期满" in read(bo, "officers") or "Ou" in read(bo, "officers")

    def test_reads_what_a_score_was_counted_from_and_objects_on_the_phone(self, here: District) -> None:
        now = clock.real_now()
        scores.propose_scores(region=DISTRICT, at=now)
        row, alma = Score.objects.get(), browser(here.owner)
        page = read(alma, "record", "patrols", "score", row.pk)
        assert "按期复查" in page and "误报" in page
        to = reverse("web:move", args=["patrols", "score", row.pk, "object"])
        assert alma.post(to, {"reason": "借调防汛"}).status_code == 302
        row.item.refresh_from_db()
        assert row.item.state == "objected"


@pytest.mark.feature("M173")
class TestALedgerOfResponsibilities:
    def test_is_filled_by_the_firm_and_what_lacks_becomes_dangers(self, here: District) -> None:
        now = clock.real_now()
        firm = registering.register(
            name="海风家具厂", region=QUAY, sector="C2110", staff=31, by=here.owner.by, at=now
        )
        fang, alma = browser(here.manager), browser(here.owner)
        to = reverse("web:duty_ledger", args=[firm.pk])
        assert "设入台账" in read(fang, "duty_ledger", firm.pk)
        assert fang.post(to, {"act": "take"}).status_code == 302
        post = DutyPost.objects.get(code="safety_manager")
        assert (
            fang.post(to, {"act": "hold", "row": post.pk, "name": "Fang", "since": "no"}).status_code == 422
        )
        assert fang.post(to, {"act": "hold", "row": post.pk, "name": "Fang"}).status_code == 302
        held = DutyHolder.objects.get()
        assert held.person == here.manager
        assert "我已阅读并签订" in read(fang, "duty_ledger", firm.pk)
        assert fang.post(to, {"act": "sign", "row": held.pk}).status_code == 302
        review = {
            "act": "review",
            "row": held.pk,
            "year": timezone.localdate(now).year - 1,
            "result": "good",
            "hours": "12",
        }
        assert fang.post(to, review).status_code == 422  # of themself
        assert alma.post(to, review).status_code == 302
        for facts in (
            {"act": "post", "name": "叉车工", "duties": ""},
            {"act": "end", "row": post.pk, "why": ""},
        ):
            assert fang.post(to, facts).status_code == 422
        assert fang.post(to, {"act": "post", "name": "叉车工", "duties": "持证驾驶"}).status_code == 302
        page = read(alma, "duty_ledger", firm.pk)
        assert "岗位无人" in page and "勾选" in page and "勾选" not in read(fang, "duty_ledger", firm.pk)
        assert alma.post(to, {"act": "report"}).status_code == 422
        keys = ["vacant:principal:", "vacant:叉车工:", "vacant:unknown:"]
        assert alma.post(to, {"act": "report", "gap": keys}).status_code == 302
        assert alma.post(to, {"act": "report", "gap": keys}).status_code == 302
        found = Danger.objects.filter(category="management", organisation=here.firm)
        assert sorted(each.check_item for each in found) == ["duty:vacant:principal:", "duty:vacant:叉车工:"]
        assert fang.post(to, {"act": "report", "gap": keys}).status_code == 422

    def test_shows_how_far_the_firms_are_by_street_and_sector(self, here: District) -> None:
        now = clock.real_now()
        firm = registering.register(name="海风家具厂", region=QUAY, sector="C2110", by=here.owner.by, at=now)
        alma = browser(here.owner)
        assert "尚未建台账" in read(alma, "duty_ledgers")
        alma.post(reverse("web:duty_ledger", args=[firm.pk]), {"act": "take"})
        page = read(alma, "duty_ledgers", query="?view=gaps")
        assert "岗位无人" in page and "临港街道" in page
        assert "海风家具厂" not in read(browser(here.outsider), "duty_ledgers")
        assert "海风家具厂" not in read(alma, "duty_ledgers", query="?view=whole")
        assert DutyLedger.objects.get().rate == 0
        assert "打开台账" in read(alma, "enterprise", firm.pk)
        assert apps.get_model("enterprises", "History").objects.filter(kind="duties").count() == 1


def test_the_plan_of_patrols_says_what_is_due_by_class_and_whose_it_is(here: District) -> None:
    now = clock.real_now()
    for number, (grade, days) in enumerate({"D": 40, "C": 86, "A": 40, "": 0}.items()):
        org = Organisation.objects.create(name=f"厂{number}", kind="enterprise", region_id=QUAY)
        firm = Enterprise.objects.create(organisation=org, grade=grade, created_at=now, updated_at=now)
        site = Site.objects.create(enterprise=firm, name="一厂", region_id=QUAY, created_at=now - DAY)
        if days:
            at = now - days * DAY
            visit = begin(Begun(new_id(), "patrol", site.pk, at), person=here.owner, at=at)
            finish(visit=visit, written=Written(), ended_at=at, base=1, by=here.owner.by, at=at)
    found = {
        view: {
            n
            for n in range(4)
            if f">厂{n}</a>" in read(browser(here.owner), "patrol_due", query=f"?view={view}")
        }
        for view in ("late", "soon", "never")
    }
    assert found == {"late": {0, 3}, "soon": {1}, "never": {3}}
    page = read(browser(here.owner), "patrol_due", query="?grade=D")
    assert ">厂0</a>" in page and ">厂3</a>" not in page
    assert "Alma" in page and "patrols.visit_every_days" in page
    assert "厂0" not in read(browser(here.outsider), "patrol_due")
