"""Names in the reader's language."""

from django.utils import translation

from anlan.kernel.places.models import Region
from anlan.surfaces.web.names import shown


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
