"""What the documents say is true: commands, options, settings, tables, links and shown answers."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from roleferry_enrich.api.application import create_api
from roleferry_enrich.cli import app
from roleferry_enrich.configuration.settings import Settings, setting_names
from roleferry_enrich.configuration.webhooks import SENDERS
from roleferry_enrich.domain.enrichments import PERSON_FIELDS
from roleferry_enrich.domain.scopes import MEANINGS
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.resolve.clusters import STRONG, WEAK
from roleferry_enrich.resolve.company_fields import COMPANY_RULES
from roleferry_enrich.resolve.confidence import Share, together
from roleferry_enrich.resolve.evidence import PERSON_COMPARISONS
from roleferry_enrich.resolve.matters import Matter
from roleferry_enrich.resolve.person_fields import PERSON_RULES
from roleferry_enrich.terminal import matching_page
from roleferry_enrich.terminal.provider_table import BEGIN, END, provider_table, with_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = sorted((ROOT / "docs").glob("*.md"))
MATCHING = ROOT / "docs" / "matching.md"
PROVIDERS = ROOT / "docs" / "providers.md"
FOR_USERS = "\n".join([README, *(page.read_text() for page in PAGES)])
DOCUMENTS = [
    *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "CHANGELOG", "SECURITY")),
    *PAGES,
    *DECISIONS,
]
OPENAPI: dict[str, Any] = create_api().openapi()
CHANGES = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def file_name(path: Path) -> str:
    return path.name


def indented(text: str) -> Iterator[str]:
    """The lines of commands, each without what continues it."""
    for line in text.splitlines():
        if line.startswith("    ") and line.strip():
            yield line.strip()


def shown(text: str, program: str) -> list[str]:
    """Every call of a program, in a block of commands or between backticks."""
    calls = [line for line in indented(text) if line.startswith(f"{program} ")]
    quoted = re.findall(rf"`({program} [^`]+)`", text)
    return list(dict.fromkeys(call.partition(" #")[0].rstrip() for call in calls + quoted))


def table_after(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading."""
    _, found, section = FOR_USERS.partition(f"{heading}\n")
    assert found, heading
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table
    rows = [line.strip("|").split("|") for line in table[0].splitlines()]
    return [[cell.strip() for cell in row] for row in rows[2:]]


@pytest.mark.parametrize("call", shown(FOR_USERS + CONTRIBUTING, "make"))
def test_make_knows_the_target(call):
    targets = [word for word in shlex.split(call)[1:] if "=" not in word]

    asked = subprocess.run(
        ["make", "--dry-run", *targets], cwd=ROOT, capture_output=True, check=False
    )

    assert asked.returncode == 0, asked.stderr


@pytest.mark.parametrize("call", shown(FOR_USERS, "roleferry-enrich"))
def test_the_command_and_its_options_exist(call):
    words = shlex.split(call.partition(" >")[0])[1:]
    command: Any = typer.main.get_command(app)
    with command.make_context("roleferry-enrich", [], resilient_parsing=True) as parent:
        while hasattr(command, "commands"):
            command = command.commands[words.pop(0)]

        assert command.make_context(command.name, words, parent=parent)


def test_options_named_in_the_text_exist():
    options = {
        option
        for command in commands(typer.main.get_command(app))
        for parameter in command.params
        for option in parameter.opts
    }
    shown_elsewhere = {"--build", "--detach", "--rm", "--path"}

    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", FOR_USERS)) <= options | shown_elsewhere


def commands(command: Any) -> Iterator[Any]:
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from commands(inner)


def test_every_command_for_users_is_mentioned():
    told = set(re.findall(r"[a-z]+", FOR_USERS))

    assert {command.name for command in commands(typer.main.get_command(app))} - {
        "roleferry-enrich",  # the name of all, which has a hyphen
        "list",
        "revoke",
    } <= told


def test_the_table_of_settings_is_complete():
    rows = table_after("# Configuration")
    provider = next(iter(catalogue())).upper()
    told = [row[0].strip("`").replace("<NAME>", provider) for row in rows]
    of_all = {n.rpartition("__")[2] for n in setting_names() if f"__{provider}__" in n}
    told.remove("ROLEFERRY_WATERFALLS__<WATERFALL>")
    named = {n for n in setting_names() if "WATERFALLS__" not in n}
    others = {n for n in named if "__" in n and f"__{provider}__" not in n}
    names = {n for n in named if n not in others or n.rpartition("__")[2] not in of_all}

    assert sorted(told) == sorted(set(map(shared_by_senders, names)))


def shared_by_senders(name: str) -> str:
    """The row of a setting: those that several senders of webhooks have are told once."""
    group, _, field = name.rpartition("__")
    having = [sender for sender, fields in SENDERS.items() if field.lower() in fields]
    if group.startswith("ROLEFERRY_WEBHOOKS__") and len(having) > 1:
        return f"ROLEFERRY_WEBHOOKS__<SENDER>__{field}"
    return name


def test_the_defaults_in_the_table_of_settings_are_those_in_force():
    for name, default, *_ in table_after("# Configuration"):
        field = Settings.model_fields.get(name.strip("`").removeprefix("ROLEFERRY_").lower())
        if field is not None and default.startswith("`"):
            assert default.strip("`") == str(field.default), name


def test_the_table_of_providers_is_generated():
    text = PROVIDERS.read_text()

    assert f"{BEGIN}\n{provider_table()}\n{END}" in text
    assert with_table(text) == text


def test_a_text_without_the_marks_is_refused():
    with pytest.raises(ConfigurationError, match="providers"):
        with_table("no marks")


def test_the_tables_about_matching_are_generated():
    text = MATCHING.read_text()

    assert matching_page.with_tables(text) == text
    assert matching_page.with_tables(matching_page.with_tables(text)) == text


def test_a_page_about_matching_without_its_marks_is_refused():
    with pytest.raises(ConfigurationError, match="comparisons"):
        matching_page.with_tables("no marks")


def test_every_comparison_and_every_rule_is_explained():
    text = MATCHING.read_text()

    for comparison in PERSON_COMPARISONS:
        assert comparison.compare.__doc__
        assert f"| `{comparison.name}`" in text
    for rule in (*PERSON_RULES, *COMPANY_RULES):
        assert f"| `{rule.field}` | `{rule.matter.value}` |" in text


def test_the_thresholds_told_are_those_in_force():
    text = " ".join(MATCHING.read_text().split())

    assert f"from a probability of {STRONG:g};" in text
    assert f"the single group it fits from {WEAK:g};" in text
    assert f"shown above {together([Share('x', 1.0)], Matter.NAME).value:g}." in text


def test_the_table_of_providers_names_each_capability():
    for name, provider in catalogue().items():
        assert f"`{name}`" in provider_table()
        for offer in provider.offers():
            assert f"| {provider.spec.title} | `{offer.capability}` |" in provider_table()


def test_the_routes_shown_are_all_there_are():
    told = set()
    for row in table_after("## With curl"):
        told |= set(re.findall(r"`([A-Z]+) (/[^`]*)`", row[0]))

    assert told == {
        (method.upper(), path) for path, methods in OPENAPI["paths"].items() for method in methods
    }


def test_the_scopes_shown_are_all_there_are():
    told = {row[0].strip("`"): row[1] for row in table_after("## Keys and what they may do")}

    assert told == {scope.value: meaning for scope, meaning in MEANINGS.items()}


def test_the_answer_shown_has_the_fields_of_the_schema():
    text = re.search(r"<!-- answer: POST (\S+) -->\n```json\n(.+?)```", README, re.DOTALL)
    assert text
    operation = OPENAPI["paths"][text[1]]["post"]
    answer = json.loads(text[2])

    answer_or_plan = operation["responses"]["200"]["content"]["application/json"]["schema"]
    check(answer, answer_or_plan["anyOf"][0])
    assert {name for name in answer if name in PERSON_FIELDS}


def check(value: object, schema: dict[str, Any]) -> None:
    """Every key shown is a property of the schema; what is left out is not missed."""
    if "$ref" in schema:
        schema = OPENAPI["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, list):
        for item in value:
            check(item, schema.get("items", {}))
    if isinstance(value, dict):
        for name, inner in value.items():
            known = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            assert isinstance(known, dict), name
            check(inner, known)


def test_the_bodies_shown_are_accepted():
    sent = [("/enrich", body) for body in re.findall(r"with `({.*?})`", FOR_USERS)]
    for call in FOR_USERS.split("curl -s ")[1:]:
        path, body = (
            re.match(r"\S+:8000(/\S*)", call),
            re.search(r"-d '({.*?})'", call.split("\n\n")[0]),
        )
        sent += [(path[1], body[1])] if path and body else []

    assert len({path for path, _ in sent}) > 1
    for path, body in sent:
        content = OPENAPI["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        name = content["schema"]["$ref"].rpartition("/")[2]
        assert (
            json.loads(body).keys() <= OPENAPI["components"]["schemas"][name]["properties"].keys()
        )


@pytest.mark.parametrize("path", DOCUMENTS, ids=file_name)
def test_links_to_files_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text()):
        if "://" not in target:
            assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", DOCUMENTS, ids=file_name)
def test_paths_between_backticks_exist(path):
    invented = {"acme", "test_acme"}
    for name in re.findall(r"`((?:src|tests|docs)/[\w/.-]+)`", path.read_text()):
        assert Path(name).stem in invented or (ROOT / name).exists(), name


@pytest.mark.parametrize("path", DECISIONS, ids=file_name)
def test_a_decision_has_the_sections_of_the_first(path):
    text = path.read_text()

    assert headings(text) == headings(DECISIONS[0].read_text())
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert "\nStatus: " in text


def headings(text: str) -> list[str]:
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


def test_decisions_are_numbered_without_gaps():
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("path", [*DECISIONS, ROOT / "SECURITY.md"], ids=file_name)
def test_tests_named_by_a_document_exist(path):
    for module, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", path.read_text()):
        assert re.search(rf"def {test}\(", (ROOT / module).read_text()), test


def test_the_changelog_keeps_its_form():
    versions = re.findall(r"^## \[(.+?)\](.*)$", CHANGELOG, re.MULTILINE)

    assert versions[0][0] in {"Unreleased", "0.1.0"}
    for name, rest in versions:
        assert name == "Unreleased" or re.fullmatch(r" - \d{4}-\d\d-\d\d", rest), name
    assert set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)) <= CHANGES


@pytest.mark.parametrize("path", PAGES, ids=file_name)
def test_every_page_is_found_from_the_first(path):
    assert f"](docs/{path.name})" in README


def test_the_map_names_every_folder():
    folders = {path.parent.name for path in (ROOT / "src/roleferry_enrich").glob("*/__init__.py")}
    section = CONTRIBUTING.partition("## Find your way")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)

    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == folders
