"""A view that answers with somebody else, in perfectly good form: what identity checks are for."""

from collections.abc import Sequence

from roleferry_enrich.sandbox.inhabitants import Company, Person
from roleferry_enrich.sandbox.population import View
from roleferry_enrich.sandbox.views import SeededView

_ELSEWHERE = 97
"""How far off the liar points; prime, so that no regular lay-out makes it hit the truth."""


class LyingView(View):
    def __init__(self, view: SeededView) -> None:
        self._view = view
        self._population = view.population

    def company_by_domain(self, domain: str) -> Company | None:
        return self._other_company(self._view.company_by_domain(domain))

    def company_by_number(self, number: str) -> Company | None:
        return self._other_company(self._view.company_by_number(number))

    def company_by_id(self, company_id: int) -> Company | None:
        return self._other_company(self._view.company_by_id(company_id))

    def company_by_linkedin(self, slug: str) -> Company | None:
        return self._other_company(self._view.company_by_linkedin(slug))

    def companies_named(self, text: str, limit: int = 20) -> Sequence[Company]:
        others = map(self._other_company, self._view.companies_named(text, limit))
        return [company for company in others if company is not None]

    def staff(self, company: Company) -> Sequence[Person]:
        return self._view.staff(company)

    def officers(self, company: Company) -> Sequence[Person]:
        return self._view.officers(company)

    def person_by_id(self, person_id: int) -> Person | None:
        return self._other_person(self._view.person_by_id(person_id))

    def person_by_email(self, email: str) -> Person | None:
        return self._other_person(self._view.person_by_email(email))

    def person_by_linkedin(self, slug: str) -> Person | None:
        return self._other_person(self._view.person_by_linkedin(slug))

    def person_named(self, full_name: str, company: Company) -> Person | None:
        return self._other_person(self._view.person_named(full_name, company))

    def mailbox(self, email: str) -> str:
        return {"valid": "invalid", "invalid": "valid"}.get(self._view.mailbox(email), "unknown")

    def _other_company(self, company: Company | None) -> Company | None:
        if company is None:
            return None
        total = len(self._population.companies)
        places = ((company.id + _ELSEWHERE * step) % total for step in range(1, total))
        known = (self._view.company_by_id(place) for place in places)
        return next((other for other in known if other is not None), None)

    def _other_person(self, person: Person | None) -> Person | None:
        if person is None:
            return None
        total = len(self._population.people)
        places = ((person.id + _ELSEWHERE * step) % total for step in range(1, total))
        known = (self._view.person_by_id(place) for place in places)
        return next((other for other in known if other is not None and other != person), None)
