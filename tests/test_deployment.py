"""What runs elsewhere is complete: the wheel's data, and the commands and settings of Compose."""

import re
import shlex
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from roleferry_enrich.cli import app
from roleferry_enrich.configuration.settings import read_settings, setting_names
from roleferry_enrich.providers.catalogue import catalogue

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "roleferry_enrich"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GLOBS = PYPROJECT["tool"]["setuptools"]["package-data"]["roleferry_enrich"]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: part for name, part in COMPOSE["services"].items() if "build" in part}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
NO_FILE = Path("no-such-file.env")
GIVEN = {
    "POSTGRES_PASSWORD": "0123456789abcdef",
    "ROLEFERRY_SECRET_KEY": "0123456789abcdef0123456789abcdef",
}


def filled(text: str, given: dict[str, str]) -> str:
    """As Compose fills in its variables; one that must be set and is not raises KeyError."""

    def value(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        return given[name] if default is None else given.get(name, default)

    return re.sub(r"\$\{(\w+)(?::-(\w*)|:\?[^}]*)?\}", value, text)


def environment_of(service: dict[str, Any], given: dict[str, str]) -> dict[str, str]:
    return {name: filled(text, given) for name, text in service["environment"].items()}


def in_the_wheel() -> set[Path]:
    packed = {path for glob in GLOBS for path in PACKAGE.glob(glob) if path.is_file()}
    modules = {path for path in PACKAGE.rglob("*.py") if (path.parent / "__init__.py").exists()}
    return packed | modules


def test_every_file_of_the_package_is_in_the_wheel():
    files = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"}

    assert files - in_the_wheel() == set()


@pytest.mark.parametrize("glob", GLOBS)
def test_no_pattern_of_package_data_is_out_of_date(glob):
    assert any(path.is_file() for path in PACKAGE.glob(glob))


def test_package_data_is_found_as_resources():
    package = resources.files("roleferry_enrich")

    assert (package / "py.typed").is_file()
    assert (package / "gateway" / "lua" / "permit.lua").read_text().startswith("--")
    assert (package / "storage" / "migrations" / "env.py").is_file()
    for name in catalogue():
        assert (package / "sandbox" / "exchanges" / f"{name}.json").is_file()


@pytest.mark.parametrize("name", OURS)
def test_compose_runs_commands_that_exist(name):
    command: Any = typer.main.get_command(app)

    assert set(OURS[name]["command"]) <= set(command.commands)


@pytest.mark.parametrize("name", OURS)
def test_compose_sets_nothing_but_settings(name):
    assert set(OURS[name]["environment"]) <= setting_names()


@pytest.mark.parametrize("name", OURS)
def test_what_compose_sets_starts_in_production(name):
    settings = read_settings(environment_of(OURS[name], GIVEN), env_file=NO_FILE)

    assert settings.environment == "production"
    assert settings.database_url is not None
    assert "0123456789abcdef@postgres/" in settings.database_url.get_secret_value()


def test_the_secret_key_may_be_a_file_instead(tmp_path):
    path = tmp_path / "secret_key"
    path.write_text(GIVEN["ROLEFERRY_SECRET_KEY"])
    without = {"POSTGRES_PASSWORD": GIVEN["POSTGRES_PASSWORD"]}
    environment = environment_of(OURS["api"], without)

    settings = read_settings(
        environment | {"ROLEFERRY_SECRET_KEY_FILE": str(path)}, env_file=NO_FILE
    )

    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == GIVEN["ROLEFERRY_SECRET_KEY"]


def test_the_override_that_the_page_shows_fits_compose():
    page = (ROOT / "docs" / "production.md").read_text()
    shown = re.search(r"  ```yaml\n(.+?)  ```", page, re.DOTALL)
    assert shown
    override = yaml.safe_load(shown[1])

    assert set(override["services"]) == set(OURS)
    for service in override["services"].values():
        (secret,) = service["secrets"]
        assert secret in override["secrets"]
        assert service["environment"] == {"ROLEFERRY_SECRET_KEY_FILE": f"/run/secrets/{secret}"}


def test_compose_publishes_the_port_the_api_listens_on():
    (published,) = OURS["api"]["ports"]

    assert filled(published, {}) == "127.0.0.1:8000:8000"
    assert OURS["api"]["environment"]["ROLEFERRY_PORT"] == "8000"


def test_the_image_copies_only_what_reaches_the_builder():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    reaching = {line.removeprefix("!") for line in lines if line.startswith("!")}
    copied: set[str] = set()
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        copied |= set(shlex.split(line)[:-1])

    assert copied == reaching
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_sets_nothing_but_settings_and_runs_a_command_that_exists():
    command: Any = typer.main.get_command(app)
    (default,) = re.findall(r'^CMD \["(\w+)"\]$', DOCKERFILE, re.MULTILINE)

    assert set(re.findall(r"(ROLEFERRY_\w+)=", DOCKERFILE)) <= setting_names()
    assert default in command.commands
    assert '"roleferry-enrich"' in DOCKERFILE
    assert "roleferry-enrich" in PYPROJECT["project"]["scripts"]
