"""How calls to Apollo travel together: matches of ten people's profiles, companies of ten domains.

Apollo keeps neither the order asked nor a place for who is missing, and does not repeat the
question. So each record is given to whoever asked for its profile or domain; who asks by an
address or a name goes alone, because a record need not show the one it was asked by. A record
that agrees with nobody may be what the only one left asked for; where two are left, neither is
told a guess, and neither pays a second time to be told.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import orjson

from roleferry_enrich.errors import ProviderError
from roleferry_enrich.normalise.domains import parse_domain
from roleferry_enrich.normalise.profiles import parse_profile_url
from roleferry_enrich.providers.contract import Call
from roleferry_enrich.providers.gathering import Group, Sharing
from roleferry_enrich.providers.replies import Record, Reply

BULK = 10  # 11 details answer 400 RECORD_LIMIT_EXCEEDED
_UNTOLD = "the answer for many does not say which is whose"

Detail = Mapping[str, object]
Sign = Callable[[Record], bool]
"""Whether a record is what was asked for."""


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


def _split_people(reply: Reply, calls: Sequence[Call]) -> Sequence[Reply | ProviderError]:
    wanted = [_detail(call) for call in calls]
    return _told_apart(reply, "matches", "person", [_is_at_profile(detail) for detail in wanted])


def _join_domains(calls: Sequence[Call]) -> Call:
    return _bulk_enrich([_domain(call) for call in calls])


def _split_organizations(reply: Reply, calls: Sequence[Call]) -> Sequence[Reply | ProviderError]:
    wanted = [_is_at(_domain(call)) for call in calls]
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
    reply: Reply, many: str, one: str, wanted: Sequence[Sign]
) -> Sequence[Reply | ProviderError]:
    body = reply.record()
    body.require(many)
    numbered = enumerate(body.records(many))
    rows = list({row.text("id") or place: row for place, row in numbered}.values())
    found = {place: row for place, sign in enumerate(wanted) for row in reversed(rows) if sign(row)}
    unclaimed = [row for row in rows if not any(row is taken for taken in found.values())]
    left = [place for place in range(len(wanted)) if place not in found]
    if len(left) == len(unclaimed) == 1:
        found[left[0]], unclaimed = unclaimed[0], []
    untold = ProviderError(_UNTOLD) if unclaimed else None
    return [
        untold if untold and place not in found else _alone(reply, one, found.get(place))
        for place in range(len(wanted))
    ]


def _alone(reply: Reply, one: str, row: Record | None) -> Reply:
    """The reply one of them would have had."""
    members = {name: row.value(name) for name in row.names()} if row else None
    return replace(reply, body=orjson.dumps({one: members}))


def _is_at_profile(wanted: Detail) -> Sign:
    profile = _profile(Record(dict(wanted)))
    return lambda row: _profile(row) == profile


def _is_at(domain: str) -> Sign:
    wanted = parse_domain(domain)

    def agrees(organization: Record) -> bool:
        said = (organization.text("primary_domain"), organization.text("website_url"))
        return wanted is not None and wanted in [parse_domain(text) for text in said if text]

    return agrees


def _profile(row: Record) -> str | None:
    said = row.text("linkedin_url")
    return parse_profile_url(said) if said else None
