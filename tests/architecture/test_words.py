"""Every English string that a person of the bureau can meet has its Chinese."""

import pytest

from scripts import messages
from tests.architecture.house import ROOT


@pytest.mark.parametrize("app", messages.apps(), ids=lambda app: str(app.relative_to(ROOT)))
def test_the_catalogue_is_complete(app):
    missing = messages.problems(app)
    assert not missing, "\n" + "\n".join(missing)


def test_one_english_string_has_one_chinese():
    differing = messages.contradictions()
    assert not differing, "\n" + "\n".join(differing)


def test_a_sentence_without_chinese_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    app = tmp_path / "anlan" / "lamps"
    app.mkdir(parents=True)
    (app / "views.py").write_text('reason("lamp.out", N_("The lamp {number} is out."))\n')
    (app / "page.html").write_text('{% load i18n %}{% translate "Lamp" %}\n')
    missing = messages.problems(app)
    assert [line.partition(": ")[2] for line in missing] == [
        "not in the catalogue: 'Lamp'",
        "not in the catalogue: 'The lamp {number} is out.'",
    ]


def test_an_update_keeps_what_was_translated_and_invents_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    app = tmp_path / "anlan" / "lamps"
    app.mkdir(parents=True)
    (app / "views.py").write_text('_("Lamp")\n')
    messages.update(app)
    path = messages.catalogue_path(app)
    path.write_text(path.read_text().replace('msgid "Lamp"\nmsgstr ""', 'msgid "Lamp"\nmsgstr "灯"'))
    (app / "views.py").write_text('_("Lamp")\n_("Lamps")\n')
    messages.update(app)
    assert messages.problems(app) == ["anlan/lamps: not translated: 'Lamps'"]
    assert 'msgstr "灯"' in path.read_text()


def test_a_translation_that_names_a_field_of_its_own_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    app = tmp_path / "anlan" / "lamps"
    app.mkdir(parents=True)
    (app / "views.py").write_text('_("{number} lamps")\n')
    messages.update(app)
    path = messages.catalogue_path(app)
    path.write_text(
        path.read_text().replace(
            'msgid "{number} lamps"\nmsgstr ""', 'msgid "{number} lamps"\nmsgstr "{count} 盏灯"'
        )
    )
    assert messages.problems(app) == ["anlan/lamps: field 'count' is not in the English: '{number} lamps'"]
