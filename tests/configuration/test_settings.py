import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from roleferry_enrich.configuration.credits import credit_names, plan_of
from roleferry_enrich.configuration.secret_key import secret_key
from roleferry_enrich.configuration.settings import (
    ProviderSettings,
    Settings,
    read_settings,
    secret_setting_names,
    setting_names,
)
from roleferry_enrich.configuration.webhooks import SENDERS
from roleferry_enrich.domain.waterfalls import BUILT_IN, Waterfall
from roleferry_enrich.errors import ConfigurationError
from roleferry_enrich.providers.contract import Window
from roleferry_enrich.providers.routines import Routine

NO_FILE = Path("no-such-file.env")
PEPPER = "test-pepper-of-thirty-two-characters"
PRODUCTION = {
    "ROLEFERRY_ENVIRONMENT": "production",
    "ROLEFERRY_DATABASE_URL": "postgresql://enrich:hunter2@db.test/enrich",
    "ROLEFERRY_REDIS_URL": "rediss://:hunter2@cache.test/0",
    "ROLEFERRY_SECRET_KEY": PEPPER,
}


def read(**texts: str) -> Settings:
    return read_settings({f"ROLEFERRY_{name}": text for name, text in texts.items()})


def refusal(environ: dict[str, str], env_file: Path = NO_FILE) -> str:
    with pytest.raises(ConfigurationError) as refused:
        read_settings(environ, env_file=env_file)
    assert refused.value.__cause__ is None
    return str(refused.value)


def test_nothing_needs_to_be_set_for_development() -> None:
    settings = read_settings({}, env_file=NO_FILE)
    assert settings.environment == "development"
    assert settings.database_url is None
    assert settings.redis_url is None
    assert (settings.host, settings.port, settings.sandbox_port) == ("127.0.0.1", 8000, 8100)


def test_variables_of_others_are_left_alone() -> None:
    assert read_settings({"PORT": "none", "PATH": "/bin"}, env_file=NO_FILE).port == 8000


def test_empty_is_unset() -> None:
    assert read(DATABASE_URL="", PORT="").port == 8000


def test_a_provider_is_set_by_its_name() -> None:
    settings = read(
        PROVIDERS__HUNTER__API_KEY="test-key-old, test-key-new",
        PROVIDERS__HUNTER__BASE_URL="http://127.0.0.1:8100/hunter/",
        PROVIDERS__HUNTER__PERMITS="10/s,600/5m",
        PROVIDERS__HUNTER__PRICE="17000",
        PROVIDERS__HUNTER__TIMEOUT_S="2.5",
        PROVIDERS__HUNTER__ENABLED="true",
    )
    hunter = settings.provider("hunter")
    assert [key.get_secret_value() for key in hunter.keys] == ["test-key-old", "test-key-new"]
    assert hunter.base_url == "http://127.0.0.1:8100/hunter"
    assert hunter.permits == (
        Window(10, timedelta(seconds=1)),
        Window(600, timedelta(minutes=5)),
    )
    assert hunter.price == 17_000
    assert hunter.timeout == timedelta(seconds=2.5)
    assert hunter.enabled is True


def test_a_provider_not_set_has_no_keys_and_overrides_nothing() -> None:
    hunter = read().provider("hunter")
    assert hunter.keys == ()
    assert hunter.enabled is None
    assert hunter.timeout is None


@pytest.mark.parametrize(
    ("given", "for_our_driver"),
    [
        ("postgres://db.test/e", "postgresql+asyncpg://db.test/e"),
        ("postgresql://db.test/e", "postgresql+asyncpg://db.test/e"),
        ("postgresql+asyncpg://db.test/e", "postgresql+asyncpg://db.test/e"),
    ],
)
def test_a_database_url_may_be_written_in_any_usual_way(given: str, for_our_driver: str) -> None:
    assert read(DATABASE_URL=given).database_url.get_secret_value() == for_our_driver


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("ROLEFERRY_PORT=9001\nROLEFERRY_HOST=0.0.0.0\n")
    settings = read_settings({"ROLEFERRY_PORT": "9002"}, env_file=env_file)
    assert (settings.port, settings.host) == (9002, "0.0.0.0")


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("test-key-hunter\n")
    hunter = read(PROVIDERS__HUNTER__API_KEY_FILE=str(path)).provider("hunter")
    assert hunter.api_key.get_secret_value() == "test-key-hunter"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    said = refusal({"ROLEFERRY_SECRET_KEY": PEPPER, "ROLEFERRY_SECRET_KEY_FILE": str(tmp_path)})
    assert "ROLEFERRY_SECRET_KEY_FILE" in said


def test_a_secret_file_that_is_missing_is_refused_by_the_setting() -> None:
    said = refusal({"ROLEFERRY_SECRET_KEY_FILE": "/no/such/path"})
    assert said.startswith("ROLEFERRY_SECRET_KEY_FILE: ")
    assert "/no/such/path" not in said


@pytest.mark.parametrize("name", ["ROLEFERRY_PORT_FILE", "ROLEFERRY_PROVIDERS"])
def test_only_secrets_come_from_files_and_providers_have_one_spelling(name: str) -> None:
    assert name in refusal({name: "{}"})


@pytest.mark.parametrize(
    ("mistyped", "meant"),
    [
        ("ROLEFERRY_DATABSE_URL", "ROLEFERRY_DATABASE_URL"),
        ("ROLEFERRY_PROVIDERS__HUNTR__API_KEY", "ROLEFERRY_PROVIDERS__HUNTER__API_KEY"),
        ("ROLEFERRY_PROVIDERS__HUNTER__APIKEY", "ROLEFERRY_PROVIDERS__HUNTER__API_KEY"),
        ("roleferry_prot", "ROLEFERRY_PORT"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(mistyped: str, meant: str) -> None:
    said = refusal({mistyped: "hunter2"})
    assert mistyped.upper() in said
    assert f"did you mean {meant}?" in said
    assert "hunter2" not in said


def test_an_unknown_name_in_the_file_is_refused_too(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("ROLEFERRY_NONSENSE=1\n")
    assert "ROLEFERRY_NONSENSE" in refusal({}, env_file)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty-hundred"),
        ("PORT", "70000"),
        ("ENVIRONMENT", "staging-7"),
        ("DATABASE_URL", "mysql://u:hunter2@db.test/e"),
        ("REDIS_URL", "http://:hunter2@cache.test"),
        ("OTLP_ENDPOINT", "collector-7:4318"),
        ("OTLP_ENDPOINT", "http://u:hunter2@collector.test"),
        ("LOG_LEVEL", "loudest"),
        ("CACHE_MB", "-17"),
        ("RETENTION_DAYS", "-30"),
        ("PROVIDERS__HUNTER__PERMITS", "0/77s"),
        ("PROVIDERS__HUNTER__PERMITS", "10 per second"),
        ("PROVIDERS__HUNTER__PRICE", "17.55"),
        ("PROVIDERS__HUNTER__TIMEOUT_S", "-3.25"),
        ("PROVIDERS__HUNTER__BASE_URL", "ftp://hunter.test"),
        ("PROVIDERS__HUNTER__ENABLED", "maybe-so"),
        ("PROVIDERS__HUNTER__API_KEY", "clé-très-secrète"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_name_and_not_shown(name: str, value: str) -> None:
    said = refusal({f"ROLEFERRY_{name}": value})
    assert f"ROLEFERRY_{name}: " in said
    assert value not in said
    assert "hunter2" not in said


@pytest.mark.parametrize("setting", ["SECRET_KEY", "PROVIDERS__HUNTER__API_KEY"])
@pytest.mark.parametrize(
    "placeholder",
    ["changeme", "change-me-please", "<your key>", "your_api_key", "xxxx", "${KEY}", "secret", ","],
)
def test_a_placeholder_is_no_secret(setting: str, placeholder: str) -> None:
    assert f"ROLEFERRY_{setting}: " in refusal({f"ROLEFERRY_{setting}": placeholder})


def test_all_faults_are_told_at_once() -> None:
    said = refusal({"ROLEFERRY_PORT": "x", "ROLEFERRY_LOG_LEVEL": "y"})
    assert "ROLEFERRY_PORT" in said
    assert "ROLEFERRY_LOG_LEVEL" in said


@pytest.mark.parametrize(
    "contradiction",
    [
        {"ROLEFERRY_PORT": "8100"},
        {"ROLEFERRY_PROVIDERS__HUNTER__ENABLED": "true"},
    ],
)
def test_settings_that_contradict_each_other_are_refused(contradiction: dict[str, str]) -> None:
    assert next(iter(contradiction)) in refusal(contradiction)


def test_production_starts_with_what_it_needs() -> None:
    assert read_settings(PRODUCTION, env_file=NO_FILE).environment == "production"


@pytest.mark.parametrize(
    "needed", ["ROLEFERRY_DATABASE_URL", "ROLEFERRY_REDIS_URL", "ROLEFERRY_SECRET_KEY"]
)
def test_production_names_what_is_missing(needed: str) -> None:
    assert needed in refusal({**PRODUCTION, needed: ""})


def test_production_refuses_a_short_secret_key() -> None:
    said = refusal({**PRODUCTION, "ROLEFERRY_SECRET_KEY": "short-one"})
    assert "ROLEFERRY_SECRET_KEY" in said
    assert "short-one" not in said


def test_no_secret_is_shown_when_settings_are_printed() -> None:
    settings = read_settings(
        {**PRODUCTION, "ROLEFERRY_PROVIDERS__HUNTER__API_KEY": "test-key-hunter"}, env_file=NO_FILE
    )
    for shown in (repr(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "hunter2" not in shown
        assert PEPPER not in shown
        assert "test-key-hunter" not in shown


def test_the_given_secret_key_is_used() -> None:
    assert secret_key(read(SECRET_KEY=PEPPER)).get_secret_value() == PEPPER


def test_development_makes_a_private_secret_key_and_keeps_it(tmp_path: Path) -> None:
    settings = read(DATA_DIR=str(tmp_path / "data"))
    made = secret_key(settings)
    assert len(made.get_secret_value()) >= 32
    assert secret_key(settings) == made
    (file,) = (tmp_path / "data").iterdir()
    assert file.stat().st_mode & 0o077 == 0


def test_production_never_makes_a_secret_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path).model_copy(update={"environment": "production"})
    with pytest.raises(ConfigurationError, match="ROLEFERRY_SECRET_KEY"):
        secret_key(settings)


def test_prices_and_caps_are_read() -> None:
    settings = read(CREDITS__FIELDS="phone:5, title:1", CREDITS__ENRICHMENT="2", CAPS__DAY="2.50")
    plan = plan_of(settings.credits, settings.caps)
    assert (plan.prices.enrichment, plan.prices.fields) == (2, {"phone": 5, "title": 1})
    assert (plan.caps.day, plan.caps.month, plan.is_metered) == (2_500_000, None, False)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CREDITS__FIELDS", "phone=5"),
        ("CREDITS__FIELDS", "shoe_size:5"),
        ("CREDITS__ENRICHMENT", "-1"),
        ("CAPS__MONTH", "0"),
        ("CAPS__DAY", "much"),
    ],
)
def test_prices_and_caps_that_cannot_be_are_refused(name, text) -> None:
    with pytest.raises(ConfigurationError, match=f"ROLEFERRY_{name}") as refused:
        read(**{name: text})
    assert text not in str(refused.value).partition(":")[0]


def names_in_example() -> set[str]:
    text = (Path(__file__).parents[2] / ".env.example").read_text()
    return set(re.findall(r"^#? ?(ROLEFERRY_\w+)=", text, re.MULTILINE))


def test_the_example_names_every_setting_and_no_other() -> None:
    of_one_provider = {
        name
        for name in setting_names()
        if "__" not in name
        or any(part in name for part in ("__HUNTER__", "_KEEP__", "WATERFALLS__"))
    } | credit_names()
    assert names_in_example() == of_one_provider | OF_CLAY_ALONE | OF_SENDGRID | OF_GENERIC_ALONE


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / ".env.example").read_text()
    in_force = tmp_path / ".env"
    shown = re.sub(r"^# ROLEFERRY_WATERFALLS__.*\n", "", text, flags=re.MULTILINE)
    in_force.write_text(shown.replace("# ROLEFERRY_", "ROLEFERRY_"))
    assert read_settings({}, env_file=in_force) == read_settings({}, env_file=NO_FILE)


def test_the_example_shows_the_built_in_waterfalls() -> None:
    text = (Path(__file__).parents[2] / ".env.example").read_text()
    shown = re.findall(r"^# ROLEFERRY_WATERFALLS__(\w+)=(.*)$", text, re.MULTILINE)
    assert {name.lower(): steps for name, steps in shown} == BUILT_IN


def test_an_operator_names_waterfalls_beside_the_built_in_ones() -> None:
    settings = read(
        WATERFALLS__MY_OWN="website > hunter,apollo",
        WATERFALLS__PEOPLE="hunter",
        DEFAULT_WATERFALL="my_own",
    )
    named = settings.named_waterfalls
    assert sorted(named.named) == ["companies", "my_own", "people"]
    assert named.meant(None) == Waterfall("my_own", (("website",), ("hunter", "apollo")))
    assert named.meant("people") == Waterfall("people", (("hunter",),))
    assert read().named_waterfalls.meant(None) is None


def test_an_account_may_mean_another_waterfall() -> None:
    account = "00000000-0000-4000-8000-000000000001"
    named = read(ACCOUNT_WATERFALLS=f"{account}: companies").named_waterfalls
    assert named.of(UUID(account)).meant(None) == named.named["companies"]
    assert named.of(UUID(account)).meant("people") == named.named["people"]
    assert named.of(UUID(int=2)).meant(None) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROLEFERRY_ACCOUNT_WATERFALLS", "00000000-0000-4000-8000-000000000001:niagara"),
        ("ROLEFERRY_ACCOUNT_WATERFALLS", "00000000-0000-4000-8000-000000000001"),
        ("ROLEFERRY_ACCOUNT_WATERFALLS", "somebody:people"),
        ("ROLEFERRY_WATERFALLS__MINE", "apollo>huntsman"),
        ("ROLEFERRY_WATERFALLS__MINE", "apollo>>hunter"),
        ("ROLEFERRY_WATERFALLS__MINE", "apollo>apollo"),
        ("ROLEFERRY_DEFAULT_WATERFALL", "niagara"),
    ],
)
def test_a_waterfall_that_cannot_be_stops_the_start(name: str, value: str) -> None:
    said = refusal({name: value})
    assert name in said
    assert value not in said


def test_a_name_that_cannot_be_typed_in_a_request_is_no_waterfall() -> None:
    assert "ROLEFERRY_WATERFALLS__A__B" in refusal({"ROLEFERRY_WATERFALLS__A__B": "apollo"})


def test_every_setting_of_the_example_is_explained() -> None:
    text = (Path(__file__).parents[2] / ".env.example").read_text()
    for paragraph in text.strip().split("\n\n"):
        first, *_, last = paragraph.splitlines()
        assert first.startswith("# ")
        assert not first.startswith("# ROLEFERRY_")
        assert last


def test_the_secrets_that_may_come_from_files() -> None:
    assert {name for name in secret_setting_names() if "__" not in name} == {
        "ROLEFERRY_CACHE_KEYS",
        "ROLEFERRY_DATABASE_URL",
        "ROLEFERRY_REDIS_URL",
        "ROLEFERRY_SEALING_KEYS",
        "ROLEFERRY_SECRET_KEY",
    }


def test_a_nearer_file_stands_before_a_farther_text(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(PEPPER)
    farther = tmp_path / ".env"
    farther.write_text("ROLEFERRY_SECRET_KEY=far-away\n")
    nearer = {"ROLEFERRY_SECRET_KEY_FILE": str(tmp_path / "key")}
    settings = read_settings(nearer, env_file=farther)
    assert settings.secret_key.get_secret_value() == PEPPER


def test_a_nearer_text_stands_before_a_farther_file(tmp_path: Path) -> None:
    farther = tmp_path / ".env"
    farther.write_text("ROLEFERRY_SECRET_KEY_FILE=/no/such/path\n")
    settings = read_settings({"ROLEFERRY_SECRET_KEY": PEPPER}, env_file=farther)
    assert settings.secret_key.get_secret_value() == PEPPER


def test_the_data_directory_may_lie_at_home(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert read(DATA_DIR="~/enrich").data_dir == tmp_path / "enrich"


def test_cache_keys_are_a_ring_the_newest_first() -> None:
    new, old = "test-cache-key-new-of-thirty-two-chars", "test-cache-key-old-of-thirty-two-chars"
    ring = read(CACHE_KEYS=f"{new}, {old}").cache_key_ring

    assert [key.get_secret_value() for key in ring] == [new, old]
    assert read().cache_key_ring == ()


@pytest.mark.parametrize("keys", ["short", f"{PEPPER},short", f"{PEPPER},", "<your key>"])
def test_a_cache_key_that_protects_nothing_stops_the_start(keys: str) -> None:
    message = refusal({"ROLEFERRY_CACHE_KEYS": keys})

    assert "ROLEFERRY_CACHE_KEYS" in message
    assert keys not in message


OF_SENDGRID = {f"ROLEFERRY_WEBHOOKS__SENDGRID__{field.upper()}" for field in SENDERS["sendgrid"]}
OF_GENERIC_ALONE = {
    f"ROLEFERRY_WEBHOOKS__GENERIC__{field.upper()}"
    for field in SENDERS["generic"] - SENDERS["sendgrid"]
}
OF_CLAY_ALONE = {
    "ROLEFERRY_PROVIDERS__CLAY__ROUTINE",
    "ROLEFERRY_PROVIDERS__CLAY__ROUTINE_INPUTS",
    "ROLEFERRY_PROVIDERS__CLAY__ROUTINE_WEBHOOK",
}


def test_only_who_runs_routines_is_told_one() -> None:
    assert {name for name in setting_names() if "ROUTINE" in name} == OF_CLAY_ALONE
    with pytest.raises(ConfigurationError, match="HUNTER__ROUTINE: there is no such setting"):
        read(PROVIDERS__HUNTER__ROUTINE="function:t_0abc")
    with pytest.raises(ValueError, match="runs none"):
        Settings(providers={"hunter": ProviderSettings(routine="function:t_0abc")})


def test_a_routine_is_read_with_its_own_names_of_inputs() -> None:
    inputs = "Full Name=full_name, Website = domain"
    settings = read(
        PROVIDERS__CLAY__ROUTINE="function:t_0abc", PROVIDERS__CLAY__ROUTINE_INPUTS=inputs
    )

    routine = settings.provider("clay").own_routine

    assert routine == Routine(
        "function:t_0abc", (("Full Name", "full_name"), ("Website", "domain"))
    )
    assert read(PROVIDERS__CLAY__ROUTINE_INPUTS=inputs).provider("clay").own_routine is None
    told = read(PROVIDERS__CLAY__ROUTINE="t_1", PROVIDERS__CLAY__ROUTINE_WEBHOOK="wh_1")
    assert told.provider("clay").own_routine == Routine("t_1", webhook="wh_1")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ROUTINE", "../me"),
        ("ROUTINE", "two words"),
        ("ROUTINE", "t" * 65),
        ("ROUTINE_WEBHOOK", "two words"),
        ("ROUTINE_INPUTS", "Full Name"),
        ("ROUTINE_INPUTS", "Name=email"),
        ("ROUTINE_INPUTS", "=domain"),
    ],
)
def test_what_cannot_be_a_routine_is_refused(name: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"PROVIDERS__CLAY__{name}") as refused:
        read(**{f"PROVIDERS__CLAY__{name}": text})

    assert text not in str(refused.value)


ACCOUNT = "0d5c7a52-51f3-4a4e-9d63-9f0b8b1f6c11"


def test_a_sender_of_webhooks_is_set_by_its_name() -> None:
    given = read(
        WEBHOOKS__SENDGRID__SECRET="a-key, another",
        WEBHOOKS__SENDGRID__ACCOUNT=ACCOUNT,
        WEBHOOKS__SENDGRID__TOLERANCE_S="600",
        WEBHOOK_RETENTION_DAYS="90",
    )
    sendgrid = given.webhooks["sendgrid"]
    assert [secret.get_secret_value() for secret in sendgrid.secrets] == ["a-key", "another"]
    assert str(sendgrid.account) == ACCOUNT
    assert sendgrid.tolerance == timedelta(minutes=10)
    assert given.webhook_retention_days == 90


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ({"WEBHOOKS__NOBODY__SECRET": "some-key"}, "ROLEFERRY_WEBHOOKS__NOBODY__SECRET"),
        ({"WEBHOOKS__CLEARBIT__TOLERANCE_S": "60"}, "ROLEFERRY_WEBHOOKS__CLEARBIT__TOLERANCE_S"),
        ({"WEBHOOKS__STRIPE__ACCOUNT": ACCOUNT}, "ROLEFERRY_WEBHOOKS__STRIPE__ACCOUNT"),
        ({"WEBHOOKS__SENDGRID__SECRET": "some-key"}, "ROLEFERRY_WEBHOOKS__SENDGRID__ACCOUNT"),
        ({"WEBHOOKS__GENERIC__SECRET": "some-key"}, "ROLEFERRY_WEBHOOKS__GENERIC__HEADER"),
        ({"WEBHOOKS__APOLLO__SECRET": "too-short"}, "ROLEFERRY_WEBHOOKS__APOLLO__SECRET"),
        ({"WEBHOOKS__APOLLO__SECRET": "/" * 24}, "ROLEFERRY_WEBHOOKS__APOLLO__SECRET"),
        ({"WEBHOOKS__STRIPE__SECRET": "changeme"}, "ROLEFERRY_WEBHOOKS__STRIPE__SECRET"),
        ({"WEBHOOKS__STRIPE__TOLERANCE_S": "0"}, "ROLEFERRY_WEBHOOKS__STRIPE__TOLERANCE_S"),
        ({"WEBHOOKS__GENERIC__HEADER": "a b"}, "ROLEFERRY_WEBHOOKS__GENERIC__HEADER"),
        ({"WEBHOOKS__GENERIC__ALGORITHM": "md5"}, "ROLEFERRY_WEBHOOKS__GENERIC__ALGORITHM"),
        ({"WEBHOOK_RETENTION_DAYS": "7"}, "ROLEFERRY_WEBHOOK_RETENTION_DAYS"),
    ],
)
def test_a_sender_that_cannot_be_right_is_refused_by_its_setting(
    texts: dict[str, str], named: str
) -> None:
    said = refusal({f"ROLEFERRY_{name}": text for name, text in texts.items()})
    assert named in said
    for text in texts.values():
        assert len(text) < 5 or text not in said


def test_a_strange_setting_of_a_sender_is_refused_wherever_it_comes_from() -> None:
    with pytest.raises(ValueError, match="WEBHOOKS__STRIPE__HEADER: this sender has none"):
        Settings(webhooks={"stripe": {"header": "X-Mine"}})
    with pytest.raises(ValueError, match="no such sender"):
        Settings(webhooks={"nobody": {}})
