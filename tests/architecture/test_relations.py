"""What import contracts cannot see: string foreign keys, migrations, templates."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.template import engines

from tests.architecture.house import may_reach, ours

INCLUDE = re.compile(r"""\{%\s*(?:extends|include)\s+["']([^"']+)["']""")


def our_models():
    return [model for model in apps.get_models() if ours(apps.get_app_config(model._meta.app_label).name)]


def app_of(model) -> str:
    return apps.get_app_config(model._meta.app_label).name


def test_a_foreign_key_points_down_or_along_a_declared_edge():
    wrong = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in our_models()
        for field in model._meta.get_fields(include_hidden=False)
        if field.is_relation and field.concrete and not may_reach(app_of(model), app_of(field.related_model))
    ]
    assert wrong == []


def test_no_model_has_a_generic_foreign_key():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey)
    ]
    assert wrong == []


def test_a_migration_depends_only_on_what_its_app_may_reach():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    name_of = {config.label: config.name for config in apps.get_app_configs()}
    wrong = [
        f"{label}.{name} -> {needed[0]}.{needed[1]}"
        for (label, name), migration in loader.disk_migrations.items()
        if ours(name_of[label])
        for needed in migration.dependencies
        if needed[0] in name_of and not may_reach(name_of[label], name_of[needed[0]])
    ]
    assert wrong == []


def owner_of(path: Path) -> str | None:
    owners = [config for config in apps.get_app_configs() if path.is_relative_to(config.path)]
    return max(owners, key=lambda config: len(config.path)).name if owners else None


def test_a_template_includes_only_what_its_app_may_reach_and_what_exists():
    wrong = []
    for config in apps.get_app_configs():
        if not ours(config.name):
            continue
        for path in sorted(Path(config.path).rglob("templates/**/*.html")):
            for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
                origin = engines["django"].get_template(name).origin.name
                target = owner_of(Path(origin))
                if target and not may_reach(config.name, target):
                    wrong.append(f"{path.relative_to(config.path)} ({config.name}) -> {name} ({target})")
    assert wrong == []


def test_every_account_record_and_row_of_the_kernel_names_its_table_by_its_room():
    labels = {config.name: config.label for config in apps.get_app_configs() if ours(config.name)}
    assert labels == {name: name.rsplit(".", 1)[1] for name in labels}


@pytest.mark.django_db
def test_models_and_migrations_agree(capsys):
    try:
        call_command("makemigrations", "--check", "--dry-run", verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)
