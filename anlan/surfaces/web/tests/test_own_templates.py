"""Whoever writes reports is told which template of the bureau is not used, and why."""

from pathlib import Path

import pytest

from anlan.domains.bulletins.rules import templates
from anlan.surfaces.web.tests.test_bulletins import browser, staff
from tests.people import district


@pytest.mark.django_db
def test_a_faulty_template_is_told_to_its_writers_and_the_house_s_stands_in(tmp_path: Path) -> None:
    here = district()
    _person, pages = staff(here, "Olga", "safety_section")
    (tmp_path / "monthly_analysis.toml").write_text(
        'like = "monthly_analysis"\ndays = "8"\n', encoding="utf-8"
    )
    templates.also_from(tmp_path)
    try:
        told = pages.get("/reports/").content.decode()
        assert "monthly_analysis.toml：days：应为整数" in told and "没有启用" in told
        assert pages.get("/reports/new/?template=monthly_analysis").status_code == 200
        assert "monthly_analysis.toml" not in browser(here.owner.account).get("/reports/").content.decode()
    finally:
        templates.also_from(None)
