"""A web site has no contract: a status speaks of one page, never of a key or a quota."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.providers.conformance import NOW, Exchange, ProviderConformance
from tests.providers.samples import documented

from roleferry_enrich.domain.identifiers import Domain
from roleferry_enrich.domain.queries import CompanyQuery, Keys
from roleferry_enrich.errors import (
    AddressRefused,
    NoPermit,
    ProviderError,
    ProviderRefusedQuery,
    ProviderUnavailable,
)
from roleferry_enrich.providers.contract import Call, Findings, Pause, Provider
from roleferry_enrich.providers.pages.robots import read_rules
from roleferry_enrich.providers.playback import play
from roleferry_enrich.providers.replies import Reply
from roleferry_enrich.providers.website import Website

DOMAIN = "quillmere.test"


def html(text: str | bytes, **headers: str) -> Reply:
    body = text.encode() if isinstance(text, str) else text
    return Reply(
        status=200, body=body, headers={"content-type": "text/html"} | headers, received_at=NOW
    )


def status(code: int, **headers: str) -> Reply:
    return Reply(status=code, body=b"", headers=headers, received_at=NOW)


def site(pages: dict[str, Reply], sent: list[str] | None = None) -> Callable[[Call], Reply]:
    """Answers with the page of a path (or of `host/path`), else 404."""

    def reply_to(call: Call) -> Reply:
        host = (call.origin or "").removeprefix("https://")
        if sent is not None:
            sent.append(host + call.path)
        return pages.get(host + call.path) or pages.get(call.path) or status(404)

    return reply_to


def people(pages: dict[str, Reply], sent: list[str] | None = None) -> list[tuple[str, str]]:
    website = Website()
    query = CompanyQuery(keys=Keys(domain=Domain(DOMAIN)))
    answer = play(website, website.find_people(query), site(pages, sent))
    assert isinstance(answer, Findings)
    return [(person.full_name or "", person.title or "") for person in answer.people]


def team(markup: str) -> list[tuple[str, str]]:
    return people({"/": html('<a href="/team">Team</a>'), "/team": html(markup)})


def company(pages: dict[str, Reply], domain: str = DOMAIN):
    website = Website()
    query = CompanyQuery(keys=Keys(domain=Domain(domain)))
    answer = play(website, website.find_company(query), site(pages))
    assert isinstance(answer, Findings)
    return answer.companies[0] if answer.companies else None


class TestWebsite(ProviderConformance):
    provider_name = "website"

    @pytest.mark.parametrize(
        ("status", "headers", "error"),
        [
            (401, {}, ProviderRefusedQuery),
            (402, {}, ProviderRefusedQuery),
            (429, {"retry-after": "7"}, ProviderRefusedQuery),
            (500, {}, ProviderRefusedQuery),
            (503, {}, ProviderRefusedQuery),
        ],
    )
    def test_refusals_are_told_apart(
        self,
        provider: Provider,
        exchanges: list[Exchange],
        status: int,
        headers: dict[str, str],
        error: type[ProviderError],
    ) -> None:
        """One site that keeps us out must not quarantine, pause or break all the others."""
        for exchange in self._one_per_capability(exchanges):
            reply = Reply(status=status, body=b"", headers=headers, received_at=NOW)
            with pytest.raises(error):
                play(provider, exchange.start(provider), lambda _, reply=reply: reply)

    @pytest.mark.parametrize(
        "body", [b"<html><h1>Bad gateway</h1></html>", b"", b'{"data": [{"x', b"[]", b"null"]
    )
    def test_unreadable_200_is_a_changed_contract_never_not_found(
        self, provider: Provider, exchanges: list[Exchange], body: bytes
    ) -> None:
        """Here it is not found: a site promised no contract, and most name nobody."""
        for exchange in self._one_per_capability(exchanges):
            reply = Reply(status=200, body=body, received_at=NOW)
            answer = play(provider, exchange.start(provider), lambda _, reply=reply: reply)

            assert not answer

    def test_a_page_cut_anywhere_is_still_read(
        self, provider: Provider, exchanges: list[Exchange]
    ) -> None:
        for exchange in exchanges:
            if exchange.expect["outcome"] == "found":
                for share in range(1, 10):
                    self._understands_cut(provider, exchange, share / 10)

    def _understands_cut(self, provider: Provider, exchange: Exchange, share: float) -> None:
        def reply_to(call: Call) -> Reply:
            texts = [
                c["reply"]["text"] for c in exchange.calls if c["request"]["path"] == call.path
            ]
            text = texts[-1] if texts else ""
            whole = call.path == "/robots.txt"
            return html(text if whole else text[: int(len(text) * share)])

        assert isinstance(play(provider, exchange.start(provider), reply_to), Findings)


class TestVisit:
    def test_the_www_host_is_tried_where_the_bare_one_does_not_answer(self) -> None:
        website = Website()
        conversation = website.find_people(CompanyQuery(keys=Keys(domain=Domain(DOMAIN))))
        next(conversation)

        step = conversation.throw(ProviderUnavailable("no connection"))

        assert not isinstance(step, Pause)
        assert step[0].origin == f"https://www.{DOMAIN}"
        with pytest.raises(ProviderUnavailable):
            conversation.throw(ProviderUnavailable("no connection"))

    def test_a_refused_address_is_not_tried_under_another_name(self) -> None:
        conversation = Website().find_people(CompanyQuery(keys=Keys(domain=Domain(DOMAIN))))
        next(conversation)

        with pytest.raises(AddressRefused):
            conversation.throw(AddressRefused("not public"))

    def test_a_gate_that_closes_on_the_way_leaves_what_was_read_and_says_so(self) -> None:
        conversation = Website().find_company(CompanyQuery(keys=Keys(domain=Domain(DOMAIN))))
        next(conversation)
        conversation.send((status(404),))
        conversation.send((html('<meta property="og:site_name" content="Quillmere">'),))

        with pytest.raises(StopIteration) as finished:
            conversation.throw(NoPermit("later"))

        assert finished.value.value.companies[0].name == "Quillmere"
        assert finished.value.value.incomplete

    def test_a_failing_page_makes_the_answer_incomplete(self) -> None:
        website = Website()
        pages = {"/": html('<a href="/team">Team</a>'), "/team": status(500)}
        query = CompanyQuery(keys=Keys(domain=Domain(DOMAIN)))

        answer = play(website, website.find_people(query), site(pages))

        assert isinstance(answer, Findings)
        assert answer.incomplete

    @pytest.mark.parametrize("code", [401, 403, 418, 429])
    def test_a_closed_home_page_is_no_statement_about_the_staff(self, code: int) -> None:
        with pytest.raises(ProviderRefusedQuery):
            people({"/": status(code)})

    def test_a_failing_home_page_is_a_failure(self) -> None:
        with pytest.raises(ProviderUnavailable):
            people({"/": status(502)})

    @pytest.mark.parametrize(
        "location",
        [
            "https://evil.test/", "//evil.test/", "https://quillmere.test.evil.test/",
            "https://evilquillmere.test/", "http://quillmere.test/", "https://169.254.169.254/",
            "https://quillmere.test@evil.test/", "https://quillmere.test:8443/",
            "https://evil.test\\@quillmere.test/", "ftp://quillmere.test/", "javascript:alert(1)",
            "https://[::1]/", "https://quillmere.test:99999/", "",
        ],
    )  # fmt: skip
    def test_a_redirect_off_the_site_is_not_followed(self, location: str) -> None:
        sent: list[str] = []

        with pytest.raises(ProviderRefusedQuery):
            people({"/": status(302, location=location)}, sent)

        assert sent == ["quillmere.test/robots.txt", "quillmere.test/"]

    def test_a_circle_of_redirects_ends(self) -> None:
        sent: list[str] = []

        with pytest.raises(ProviderRefusedQuery):
            people({"/": status(302, location="/")}, sent)

        assert len(sent) <= 8

    def test_another_host_of_the_site_is_asked_for_its_own_rules(self) -> None:
        sent: list[str] = []
        pages = {
            "quillmere.test/": status(301, location="https://www.quillmere.test/"),
            "www.quillmere.test/robots.txt": Reply(
                status=200, body=b"User-agent: *\nDisallow: /", received_at=NOW
            ),
        }

        with pytest.raises(ProviderRefusedQuery):
            people(pages, sent)

        assert sent[-1] == "www.quillmere.test/robots.txt"

    def test_links_elsewhere_and_files_are_not_fetched(self) -> None:
        sent: list[str] = []
        home = html(
            '<a href="https://evil.test/team">Team</a><a href="/team.pdf">Team</a>'
            '<a href="https://jobs.quillmere.test/team">Team</a><a href="/asset-management">x</a>'
            '<a href="/blog/how-our-team-built-it">x</a>x'
            '<a href="mailto:team@quillmere.test">Team</a>'
            '<a href="javascript:team()">Team</a><a href="/ueber-uns">Über uns</a>'
        )

        people({"/": home}, sent)

        assert sent == [f"{DOMAIN}/{path}" for path in ("robots.txt", "", "ueber-uns")]

    def test_few_pages_are_read_however_many_are_linked(self) -> None:
        sent: list[str] = []
        home = html("".join(f'<a href="/{n}/team">Team</a>' for n in range(50)))

        people({"/": home}, sent)

        assert len(sent) == 7

    def test_the_delay_a_site_asks_for_is_kept(self) -> None:
        steps = self._steps(b"User-agent: *\nCrawl-delay: 2\n")

        assert steps[1] == Pause(timedelta(seconds=2))

    def test_a_site_that_asks_for_a_long_delay_is_left_after_its_first_page(self) -> None:
        steps = self._steps(b"User-agent: *\nCrawl-delay: 60\n")

        assert len(steps) == 2

    def _steps(self, robots: bytes) -> list[object]:
        """What the conversation hands out, less the end."""
        conversation = Website().find_people(CompanyQuery(keys=Keys(domain=Domain(DOMAIN))))
        steps: list[object] = [next(conversation)]
        reply = Reply(status=200, body=robots, received_at=NOW)
        try:
            while True:
                last = steps[-1]
                steps.append(conversation.send(() if isinstance(last, Pause) else (reply,)))
                reply = html('<a href="/team">Team</a>')
        except StopIteration:
            return steps


class TestRobots:
    def test_rules_match_as_documented(self) -> None:
        vectors = json.loads(
            documented("website", "robots_matching_vectors__protego_google_spec.json")
        )

        for pattern, path, match in vectors["test_path_matching"]["cases"]:
            rules = self._rules(f"user-agent: *\ndisallow: {pattern}")
            assert rules.allow(f"https://{DOMAIN}{path}") is not match, (pattern, path)
        for lines, url, allowed in vectors["test_record_precedence"]["cases"]:
            assert self._rules(f"user-agent: *\n{lines}").allow(url) is allowed, lines

    @pytest.mark.parametrize(
        ("name", "path", "allowed"),
        [
            ("robots_companieshouse__protego.txt", "/team", True),
            ("robots_facebook__protego.txt", "/team", False),
            ("robots_html_error_page__protego.txt", "/team", True),
            ("robots_cr_only_line_endings__protego.txt", "/Cart/x", False),
            ("robots_cr_only_line_endings__protego.txt", "/team", True),
            ("robots_twitter_2018__protego.txt", "/oauth", False),
            ("robots_twitter_2018__protego.txt", "/about", True),
        ],
    )
    def test_real_files_are_understood(self, name: str, path: str, *, allowed: bool) -> None:
        rules = read_rules(Reply(status=200, body=documented("website", name), received_at=NOW))

        assert rules.allow(f"https://{DOMAIN}{path}") is allowed

    @pytest.mark.parametrize(
        "body", [b"", b"\xff\xfe\x00\x01", b"\xef\xbb\xbfUser-agent: *\nAllow: /"]
    )
    def test_files_that_say_nothing_allow_everything(self, body: bytes) -> None:
        rules = read_rules(Reply(status=200, body=body, received_at=NOW))

        assert rules.allow(f"https://{DOMAIN}/team")

    def _rules(self, text: str):
        return read_rules(Reply(status=200, body=text.encode(), received_at=NOW))


class TestStructuredData:
    @pytest.mark.parametrize(
        "name",
        [
            "jsonld_control_characters__extruct.html", "jsonld_js_comments__extruct.html",
            "microdata_localbusiness__extruct.html", "microdata_person_children__schemaorg.html",
            "microdata_organization_with_alumni__schemaorg.html",
        ],
    )  # fmt: skip
    def test_documented_pages_without_staff_give_none(self, name: str) -> None:
        assert people({"/": html(documented("website", name))}) == []

    @pytest.mark.parametrize(
        "name",
        [
            "organization_with_alumni", "person_children", "person_professor",
            "organization_contactpoint", "organization_member_role",
        ],
    )  # fmt: skip
    def test_documented_data_without_staff_gives_none(self, name: str) -> None:
        data = documented("website", f"jsonld_{name}__schemaorg.json")

        assert people({"/": html(self._block(data))}) == []

    def test_a_documented_person_counts_through_works_for(self) -> None:
        block = self._block(documented("website", "jsonld_graph_person_worksfor__exakat.json"))
        website = Website()

        def ask(domain: str) -> int:
            query = CompanyQuery(keys=Keys(domain=Domain(domain)))
            answer = play(website, website.find_people(query), site({"/": html(block)}))
            assert isinstance(answer, Findings)
            return len(answer.people)

        assert ask("exakat.io") == 1
        assert ask(DOMAIN) == 0

    def test_documented_microdata_describes_the_business_whose_url_it_names(self) -> None:
        page = html(documented("website", "microdata_localbusiness__extruct.html"))

        found = company({"/": page}, "dishdash.com")

        assert company({"/": page}) is None
        assert found.name == "GreatFood"
        assert found.zip_code == "94086"
        assert found.phone == "(408) 714-1489"

    @pytest.mark.parametrize(
        "block",
        [
            '<!-- {"@type":"Organization","name":"Quillmere"} -->',
            '//<![CDATA[\n{"@type":"Organization","name":"Quillmere"}\n//]]>',
            '/* note */ {"@type":"Organization", // that is us\n "name":"Quillmere",}',
            '[null, {"@type":["Thing","Organization"],"name":"Quillmere",},]',
            '{"\\u0040type":"http://schema.org/Organization","name":"Quillmere"};',
            '{"@type":"schema:Organization","name":"Quillmere","slogan":"two\nlines"}',
            '{"@graph":[{"@id":"#o","@type":"Organization","name":{"@value":"Quillmere"}}]}',
            '[{"publisher":{"@id":"#o"}},{"@id":"#o","@type":"Organization","name":"Quillmere"}]',
            '{"@type":"WebSite"}{"@type":"Organization","name":"Quillmere"}',
        ],
    )
    def test_linked_data_is_read_as_it_is_found(self, block: str) -> None:
        assert company({"/": html(self._block(block.encode()))}).name == "Quillmere"

    @pytest.mark.parametrize(
        "block",
        ["null", "[]", "{", "{}" * 10, "[" * 100_000, '{"a":' * 100_000, "1e999", "/*" * 100_000,
         '"' * 99_999, '"' + '\\"' * 200_000,
         '{"@type":"Person","name":{"name":{"name":[]}}}', '{"@id":"#a","@graph":"x"}',
         '{"@type":"Organization","name":1e400,"url":{"@id":"#a"},"address":[null,7]}',
         '{"@type":"Person","@id":"#a","worksFor":{"@id":"#a"},"name":"Ann Ott"}'],
    )  # fmt: skip
    def test_hostile_linked_data_costs_nothing(self, block: str) -> None:
        assert people({"/": html(self._block(block.encode()))}) == []

    def test_members_and_founders_count_also_through_a_role(self) -> None:
        data = {
            "@type": "Organization",
            "name": "Quillmere",
            "founder": {"@type": "Person", "givenName": "Orla", "familyName": "Fenwick"},
            "employee": {
                "@type": "EmployeeRole",
                "roleName": "Head of Optics",
                "employee": {"@type": "Person", "name": "Tomas Brandt"},
            },
            "alumni": {"@type": "Person", "name": "Wim Gestern"},
            "review": {"@type": "Review", "author": {"@type": "Person", "name": "Rita Kritik"}},
        }

        found = people({"/": html(self._block(json.dumps(data).encode()))})

        assert sorted(found) == [("Orla Fenwick", ""), ("Tomas Brandt", "Head of Optics")]

    def _block(self, data: bytes) -> bytes:
        return b'<script type="application/ld+json">' + data + b"</script><h1>x</h1>"
