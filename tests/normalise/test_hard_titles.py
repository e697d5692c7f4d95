"""Hard titles: seven languages, offices in law, posts that are over, who serves somebody senior."""

import pytest

from roleferry_enrich.normalise.titles import parse_title

TITLES = """
Vorsitzender der Geschäftsführung | c_suite | management
Geschäftsführender Gesellschafter | owner | management
Leiterin Einkauf | head | operations
Leiter Vertrieb und Marketing | head | sales
Abteilungsleiter Finanzen | head | finance
Aufsichtsratsvorsitzende | c_suite | management
Mitglied des Vorstands | c_suite | management
Finanzvorstand | c_suite | finance
Kaufmännischer Geschäftsführer | c_suite | finance
Technischer Leiter | head | engineering
Vertriebsleiter | head | sales
Personalleiterin | head | human_resources
Bereichsleiter IT | head | information_technology
Assistentin der Geschäftsführung | entry | administration
Prokurist | director | -
Inhaberin | owner | management
Gründer | founder | management
Directeur Général | c_suite | management
Président-Directeur Général | c_suite | management
PDG | c_suite | management
Directrice des Ressources Humaines | director | human_resources
DRH | director | human_resources
DAF | director | finance
Directeur Administratif et Financier | director | finance
Directeur commercial | director | sales
Responsable marketing | head | marketing
Chef de projet | manager | operations
Gérante | c_suite | management
Directeur général adjoint | c_suite | management
Fondatrice | founder | management
Président du conseil d'administration | c_suite | management
Assistante de direction | entry | administration
Stagiaire | entry | -
Director General | c_suite | management
Consejera Delegada | c_suite | management
Presidente | c_suite | management
Director Financiero | director | finance
Directora de Recursos Humanos | director | human_resources
Jefe de Ventas | head | sales
Gerente de Marketing | manager | marketing
Fundadora | founder | management
Socio Director | partner | management
Secretario del Consejo | director | legal
Amministratore Delegato | c_suite | management
Amministratore Unico | c_suite | management
Direttore Commerciale | director | sales
Direttrice Risorse Umane | director | human_resources
Responsabile Acquisti | head | operations
Presidente del Consiglio di Amministrazione | c_suite | management
Titolare | owner | management
Fondatore | founder | management
Consigliere | director | management
Algemeen directeur | c_suite | management
Financieel directeur | director | finance
Hoofd Inkoop | head | operations
Eigenaar | owner | management
Directeur-grootaandeelhouder | owner | management
DGA | c_suite | management
Bestuurder | c_suite | management
Oprichter | founder | management
Lid van de Raad van Commissarissen | director | management
Verkoopleider | head | sales
Diretor Geral | c_suite | management
Diretor Presidente | c_suite | management
Diretora Financeira | director | finance
Sócio-gerente | partner | -
Presidente do Conselho | c_suite | management
Gerente de Vendas | manager | sales
Fundador e CEO | founder | management
Coordenadora de RH | manager | human_resources
Deputy CEO | c_suite | management
Interim CFO | c_suite | finance
Acting Chief Executive | c_suite | management
Chief of Staff | senior | -
CEO & Co-Founder | founder | management
Co-CEO | c_suite | management
Chief AI Officer | c_suite | data
CISO | c_suite | information_technology
Group Head of HR | head | human_resources
VP of Sales, EMEA | vp | sales
SVP Engineering | vp | engineering
AVP | vp | management
Sr. Director, Product Marketing | director | marketing
Associate Director | manager | -
Director of First Impressions | director | -
Product Manager | manager | product
Sales Director | director | sales
Non-Exec Chair | c_suite | management
Trustee | director | management
Board Advisor | entry | -
Board Observer | - | -
Former CEO | - | -
Ex-CFO | - | -
Retired Partner | - | -
CEO (retired) | - | -
CFO emeritus | - | -
Chief Executive Officer at Acme Ltd | c_suite | management
Executive Assistant to the CEO | entry | administration
PA to Managing Director | entry | administration
Managing Director, Equities | c_suite | management
Partner Manager | manager | sales
Business Partner HR | senior | human_resources
Vice Chancellor | - | -
Head Chef | head | -
Headteacher | head | education
Lead Developer | manager | engineering
Principal | partner | -
School Principal | head | education
Medical Director | director | medical
Regional Sales Manager - DACH | manager | sales
Founder's Associate | entry | -
Vice President of Human Resources | vp | human_resources
Chief Technology and Product Officer | c_suite | engineering
Owner/Operator | owner | management
Chairman Emeritus | - | -
President & COO | c_suite | operations
Director de Operaciones | director | operations
Country Manager Italia | head | management
Werkstudentin Marketing | entry | marketing
Auszubildende | entry | -
Syndikusrechtsanwalt | senior | legal
Niederlassungsleiter | head | -
Teamleitung Support | manager | customer_success
Head of People & Culture | head | human_resources
"""


@pytest.mark.parametrize(
    ("text", "seniority", "department"),
    [tuple(map(str.strip, line.split("|"))) for line in TITLES.strip().splitlines()],
)
def test_a_hard_title(text, seniority, department):
    title = parse_title(text)

    assert (title.seniority or "-", title.department or "-") == (seniority, department)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Geschäftsführer", "Managing Director"),
        ("Geschaeftsfuehrerin", "Gérante"),
        ("Directeur des Ressources Humaines", "DRH"),
        ("Vertriebsleiter", "Leiter Vertrieb"),
        ("Verkoopleider", "Hoofd Verkoop"),
        ("Amministratore Delegato", "Consejera Delegada"),
        ("Inhaber", "Owner"),
    ],
)
def test_a_title_in_two_languages_is_one(left, right):
    one, other = parse_title(left), parse_title(right)

    assert sorted(one.key.split()) == sorted(other.key.split())


@pytest.mark.parametrize("text", ["Former CEO", "Ex-CFO", "CEO (retired)", "Ehemaliger Vorstand"])
def test_a_post_that_is_over_makes_no_executive(text):
    assert not parse_title(text).is_executive


@pytest.mark.parametrize("text", ["CEO, formerly CTO", "Chair; former CEO", "Ex officio director"])
def test_a_post_beside_a_former_one_counts(text):
    assert parse_title(text).is_executive
