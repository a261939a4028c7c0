"""Whatever the demo names has an English name, and no two of a kind share one."""

from anlan.surfaces.cli.demo import files, units
from anlan.surfaces.cli.demo.english import english


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
