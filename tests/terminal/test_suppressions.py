"""The `privacy` commands about suppressions, over a real database."""

import json
import zipfile
from pathlib import Path

from roleferry_enrich.privacy.deletion_hashes import email_hash

NAME = "20260312_4821_Email.csv"
ITEM = "A7kP2xQ9Lm4R"


def test_a_suppression_is_made_listed_and_ended(privacy) -> None:
    made = privacy("suppress", "--email", "Ada+x@engines.test", "--reason", "by mail")
    entry = made.out.rpartition(" ")[2].strip()
    (listed,) = json.loads(privacy("list", "-f", "json").out)["items"]
    assert (listed["id"], listed["reason"], listed["source"]) == (entry, "by mail", "command")
    assert "ada" not in str(listed).lower()

    assert privacy("release", entry).code == 0
    assert json.loads(privacy("list", "-f", "json").out)["items"] == []
    assert privacy("release", entry).code == 2


def test_what_suppresses_nobody_is_said(privacy) -> None:
    said = privacy("suppress", "--email", "ada at engines")
    assert (said.code, "is not a valid e-mail address" in said.err) == (2, True)


def test_h76_a_download_is_honoured_and_reported(privacy, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "20260312_4821_DROP.zip", "w") as archive:
        archive.writestr(NAME, f"ID,Hash\r\n{ITEM},{email_hash('ada@engines.test')}\r\n")
        archive.writestr("20260312_4821_Phone.csv", "ID,Hash\r\n")
    said = privacy("import", str(tmp_path / "20260312_4821_DROP.zip"))

    assert (said.code, said.out) == (0, f"{NAME}: 1 not found\n")
    assert [path.name for path in (tmp_path / "reports").iterdir()] == [NAME]
    assert (tmp_path / "reports" / NAME).read_text() == f"Id,Status\n{ITEM},5\n"
    (listed,) = json.loads(privacy("list", "-f", "json").out)["items"]
    assert [one["kind"] for one in listed["identifiers"]] == ["drop_email"]


def test_a_broken_list_is_refused_before_anything_is_done(privacy, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("ID,Hash\nshort,hash\n")
    said = privacy("import", str(tmp_path / NAME))
    assert (said.code, "row 2 has no work item id" in said.err) == (2, True)
    assert not (tmp_path / "reports").exists()


def test_an_account_says_how_it_handles_data(privacy, command) -> None:
    account = command("keys", "create", "crm").out.split()[1]
    said = privacy("handling", account, "--purpose", "sales", "--basis", "consent", "--off", "clay")
    assert said.out.split("\n")[:3] == [
        "Purpose        sales", "Lawful basis   consent", "Providers off  clay",
    ]  # fmt: skip
    assert privacy("handling", account).out == said.out
    assert "sales" not in privacy("handling", account, "--clear").out
    assert privacy("handling", account, "--off", "nobody").code == 2
