import pytest

PRODUCTION = {
    "ENVIRONMENT": "production",
    "DATABASE_URL": "postgresql://enrich@127.0.0.1:9/x",
    "REDIS_URL": "redis://127.0.0.1:9",
    "SECRET_KEY": "test-pepper-of-thirty-two-characters",
}


@pytest.mark.parametrize(
    ("arguments", "settings", "named"),
    [
        (("worker",), {"ENVIRONMENT": "production"}, "ROLEFERRY_REDIS_URL"),
        (("serve",), {"PORT": "8100"}, "ROLEFERRY_SANDBOX_PORT"),
        (("worker",), {"DATABSE_URL": "postgresql://x"}, "ROLEFERRY_DATABASE_URL"),
        (("sandbox", "--port", "99999"), {}, "ROLEFERRY_SANDBOX_PORT"),
        (("demo", "--port", "8100"), {}, "ROLEFERRY_PORT"),
        (("demo", "--port", "0"), {}, "ROLEFERRY_PORT"),
        (("demo",), {"HOST": "no-such-host.test"}, "ROLEFERRY_HOST"),
        (("demo",), PRODUCTION, "ROLEFERRY_ENVIRONMENT"),
        (
            ("providers", "check"),
            {"PROVIDERS__HUNTER__ENABLED": "true"},
            "ROLEFERRY_PROVIDERS__HUNTER__API_KEY",
        ),
        (("keys", "list", "x"), {"DATA_DIR": "/dev/null/data"}, "ROLEFERRY_DATA_DIR"),
    ],
)
def test_a_wrong_setting_is_named_with_exit_code_2(
    command, monkeypatch, arguments, settings, named
):
    for name, text in settings.items():
        monkeypatch.setenv(f"ROLEFERRY_{name}", text)
    said = command(*arguments)
    assert (said.code, said.out) == (2, "")
    assert named in said.err
