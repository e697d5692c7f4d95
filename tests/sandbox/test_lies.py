from roleferry_enrich.sandbox.lenses import lens_for
from roleferry_enrich.sandbox.lies import LyingView
from roleferry_enrich.sandbox.views import SeededView


def test_liar_has_an_answer_wherever_the_honest_view_has_one_and_another(directory, population):
    honest = SeededView(directory, lens_for("apollo"))
    lying = LyingView(honest)

    for person in population.people[:200]:
        truth, lie = honest.person_by_email(person.email), lying.person_by_email(person.email)
        assert (truth is None) == (lie is None)
        assert truth is None or truth.id != lie.id
    for company in population.companies[:50]:
        truth, lie = (
            honest.company_by_domain(company.domain),
            lying.company_by_domain(company.domain),
        )
        assert (truth is None) == (lie is None)
        assert truth is None or truth.id != lie.id


def test_liar_turns_every_kind_of_question(directory, population):
    honest = SeededView(directory, lens_for("companies_house"))
    lying = LyingView(honest)
    company, chief = population.companies[0], population.people[0]

    assert lying.company_by_number(company.number).id != 0
    assert lying.company_by_id(0).id != 0
    assert lying.company_by_linkedin(company.linkedin_slug).id != 0
    assert lying.companies_named("Quillmere Instruments")[0].id != 0
    assert lying.person_by_id(0).id != 0
    assert lying.person_by_linkedin(chief.linkedin_slug).id != 0
    assert lying.person_named("Orla Fenwick", company).id != 0
    assert lying.staff(lying.company_by_id(0)) != honest.staff(company)
    assert lying.officers(company) == honest.officers(company)
    assert lying.mailbox(chief.email) == "invalid"
