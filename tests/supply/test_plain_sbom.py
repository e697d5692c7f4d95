from pathlib import Path

from tests.supply.plain_sbom import dependencies, plain

LOCK = Path(__file__).parents[2] / "requirements.lock"
SHORT = """\
idna==3.10 \\
    --hash=sha256:aa
    # via
    #   roleferry-enrich (pyproject.toml)
    #   yarl
yarl==1.2 ; python_version < '3.12' \\
    --hash=sha256:bb
    # via roleferry-enrich (pyproject.toml)
"""


def made(name, version, digest):
    return {
        "bom-ref": "requirements-L1",
        "description": "requirements line 1",
        "name": name,
        "version": version,
        "type": "library",
        "purl": f"pkg:pypi/{name}@{version}",
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://elsewhere.test/{name}.whl",
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
        ],
    }


BILL = {
    "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": {"component": {"name": "roleferry-enrich"}, "tools": {"components": []}},
    "components": [made("yarl", "1.2", "bb"), made("idna", "3.10", "aa")],
}


def test_a_bill_says_what_is_there_and_who_needs_it():
    bill = plain(BILL, SHORT)

    assert [one["bom-ref"] for one in bill["components"]] == [
        "pkg:pypi/idna@3.10",
        "pkg:pypi/yarl@1.2",
    ]
    assert bill["components"][0]["hashes"] == [{"alg": "SHA-256", "content": "aa"}]
    assert bill["dependencies"] == [
        {"ref": "pkg:pypi/idna@3.10", "dependsOn": []},
        {"ref": "roleferry-enrich", "dependsOn": ["pkg:pypi/idna@3.10", "pkg:pypi/yarl@1.2"]},
        {"ref": "pkg:pypi/yarl@1.2", "dependsOn": ["pkg:pypi/idna@3.10"]},
    ]


def test_a_bill_names_no_index():
    assert "elsewhere.test" not in str(plain(BILL, SHORT))


def test_of_the_real_lock_everything_is_asked_for_by_somebody():
    needs = dependencies(LOCK.read_text())

    assert len(needs) > 60
    wanted = set.union(*needs.values())
    assert set(needs) - wanted == {"roleferry-enrich"}
