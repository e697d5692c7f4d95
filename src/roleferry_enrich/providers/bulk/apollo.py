"""How calls to Apollo travel together: matches of people by tens, and companies of ten domains.

Apollo keeps neither the order asked nor a place for who is missing, and does not repeat the
question. So each record is given to whoever it agrees with by address, profile, or name and
company. One that agrees with nobody may be what the only one left asked for; where two are left,
neither is told a guess, and both ask again by themselves.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import orjson

from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.profiles import parse_profile_url
from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.gathering import Group, Sharing
from roleferry_enrich.providers.replies import Record, Reply

BULK = 10  # 11 details answer 400 RECORD_LIMIT_EXCEEDED

Detail = Mapping[str, object]
Sign = Callable[[Record], bool]
Signs = Sequence[Sign]
"""By which a record is known as what was asked for: the first is proof, each other a likeness
that counts where it fits one record and one asker only."""


def bulk_match(details: Sequence[Detail]) -> Call:
    request = {"details": list(details)}
    return (
        Call.post("/api/v1/people/bulk_match", request, reveal_personal_emails="false")
        .costing_each(len(details), _credits_consumed)
        .in_lane("people_bulk_match")
    )


def _bulk_enrich(domains: Sequence[str]) -> Call:
    return (
        Call.post("/api/v1/organizations/bulk_enrich", {"domains": list(domains)})
        .costing_each(len(domains), _organizations_found)
        .in_lane("organizations_bulk_enrich")
    )


def _credits_consumed(reply: Reply) -> int:
    """As Apollo counts it, which may be a fraction; left out of some answers."""
    if reply.status != 200:
        return 0
    body = reply.record()
    said = body.number("credits_consumed")
    return len(body.records("matches")) if said is None else math.ceil(said)


def _organizations_found(reply: Reply) -> int:
    return len(reply.record().records("organizations")) if reply.status == 200 else 0


def _join_people(calls: Sequence[Call]) -> Call:
    return bulk_match([_detail(call) for call in calls])


def _split_people(reply: Reply, calls: Sequence[Call]) -> Sequence[Reply | None]:
    wanted = [_detail(call) for call in calls]
    return _told_apart(reply, "matches", "person", [_signs(detail) for detail in wanted])


def _join_domains(calls: Sequence[Call]) -> Call:
    return _bulk_enrich([_domain(call) for call in calls])


def _split_organizations(reply: Reply, calls: Sequence[Call]) -> Sequence[Reply | None]:
    wanted = [(_is_at(_domain(call)),) for call in calls]
    return _told_apart(reply, "organizations", "organization", wanted)


PEOPLE = Sharing(kind="people", group=Group(most=BULK), join=_join_people, split=_split_people)
ORGANIZATIONS = Sharing(
    kind="organizations", group=Group(most=BULK), join=_join_domains, split=_split_organizations
)


def _detail(call: Call) -> Detail:
    """What a match of one says of whom it wants; how it wants it is said once for all."""
    assert isinstance(call.json, dict)
    return {name: value for name, value in call.json.items() if name != "reveal_personal_emails"}


def _domain(call: Call) -> str:
    return dict(call.params)["domain"]


def _told_apart(
    reply: Reply, many: str, one: str, wanted: Sequence[Signs]
) -> Sequence[Reply | None]:
    body = reply.record()
    body.require(many)
    numbered = enumerate(body.records(many))
    rows = list({row.text("id") or place: row for place, row in numbered}.values())
    found = {
        place: row for place, signs in enumerate(wanted) for row in reversed(rows) if signs[0](row)
    }
    for sign in range(1, max(map(len, wanted))):
        _pair(found, rows, {n: signs[sign] for n, signs in enumerate(wanted) if sign < len(signs)})
    _pair(found, rows, dict.fromkeys(range(len(wanted)), lambda _: True))
    is_told = not _unclaimed(found, rows)
    return [
        _alone(reply, one, found.get(place)) if is_told or place in found else None
        for place in range(len(wanted))
    ]


def _pair(found: dict[int, Record], rows: Sequence[Record], agreeing: Mapping[int, Sign]) -> None:
    """Give those still without a record the one that is theirs by this sign and nobody else's."""
    unclaimed = _unclaimed(found, rows)
    left = [place for place in agreeing if place not in found]
    pairs = [(n, row) for n in left for row in unclaimed if agreeing[n](row)]
    for place, row in pairs:
        alike = [pair for pair in pairs if pair[0] == place or pair[1] is row]
        if len(alike) == 1:
            found[place] = row


def _unclaimed(found: Mapping[int, Record], rows: Sequence[Record]) -> list[Record]:
    return [row for row in rows if not any(row is taken for taken in found.values())]


def _alone(reply: Reply, one: str, row: Record | None) -> Reply:
    """The reply one of them would have had."""
    members = {name: row.value(name) for name in row.names()} if row else None
    return replace(reply, body=orjson.dumps({one: members}))


def _signs(wanted: Detail) -> Signs:
    """Of whom is asked by an address, the record may show another one, of the same person."""
    email = _folded(Record(dict(wanted)).text("email")) or ""
    mailbox, _, domain = email.rpartition("@")
    if not mailbox:
        return (_is_person(wanted),)

    def is_colleague(row: Record) -> bool:
        own = (_folded(row.text("email")) or "").rpartition("@")[2]
        return own == domain or _is_at(domain)(row.record("organization"))

    def is_namesake(row: Record) -> bool:
        names = (row.text("first_name"), row.text("last_name"))
        return is_colleague(row) and any(name.casefold() in mailbox for name in names if name)

    return (_is_person(wanted), is_namesake, is_colleague)


def _is_person(wanted: Detail) -> Callable[[Record], bool]:
    asked = Record(dict(wanted))
    email, profile = asked.text("email"), _profile(asked)

    def agrees(row: Record) -> bool:
        if email:
            return _folded(row.text("email")) == _folded(email)
        if profile:
            return _profile(row) == profile
        return _name(row) == _name(asked) and _is_of(row, asked)

    return agrees


def _is_of(row: Record, asked: Record) -> bool:
    employer = row.record("organization")
    domain, company = asked.text("domain"), _folded(asked.text("organization_name"))
    if domain:
        return _is_at(domain)(employer)
    return bool(company) and _folded(employer.text("name")) == company


def _is_at(domain: str) -> Callable[[Record], bool]:
    wanted = parse_domain(domain)

    def agrees(organization: Record) -> bool:
        said = (organization.text("primary_domain"), organization.text("website_url"))
        return wanted is not None and wanted in [parse_domain(text) for text in said if text]

    return agrees


def _name(row: Record) -> str | None:
    parts = [part for part in (row.text("first_name"), row.text("last_name")) if part]
    return _folded(" ".join(parts) if len(parts) > 1 else row.text("name"))


def _profile(row: Record) -> str | None:
    said = row.text("linkedin_url")
    return parse_profile_url(said) if said else None


def _folded(text: str | None) -> str | None:
    return text.casefold() if text else None
