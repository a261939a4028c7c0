"""Whatever the demo names has an English name, and no two of a kind share one."""

from django.utils import translation

from anlan.kernel.places.models import Region
from anlan.surfaces.cli.demo import files, units
from anlan.surfaces.cli.demo.english import english
from anlan.surfaces.web.names import shown


def test_every_region_and_station_has_an_english_name_of_its_own() -> None:
    regions = {row["community"] for row in files.table("regions")} | {
        r["street"] for r in files.table("regions")
    }
    stations = {row["name"] for row in files.table("stations")}
    for names in (regions, stations):
        said = {name: english(name) for name in names}
        assert [name for name, word in said.items() if not word] == []
        assert len(set(said.values())) == len(said)
        assert all(word.isascii() for word in said.values())


def test_every_unit_has_one_too() -> None:
    assert [unit.name for unit in units.all_units() if not unit.name_en.isascii() or not unit.name_en] == []


def test_a_name_is_shown_in_the_readers_language_and_falls_back() -> None:
    street = Region(code="440399001000", name="临港街道", name_en="Lingang Street")
    plain = Region(code="440399002000", name="望潮街道")
    with translation.override("en"):
        assert [shown(street), shown(plain), shown("x"), shown(None)] == [
            "Lingang Street",
            "望潮街道",
            "x",
            "",
        ]
    with translation.override("zh-hans"):
        assert shown(street) == "临港街道"
