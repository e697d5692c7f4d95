"""The words of job titles and what each says of seniority and department. Tables only.

Phrases are folded (`normalise.text.words`), at most four words; the longest that fits is taken.
"""

from textwrap import dedent
from types import MappingProxyType

SENIORITIES = (
    "owner", "founder", "c_suite", "partner", "vp", "head", "director", "manager", "senior",
    "entry",
)  # fmt: skip
"""From the most senior down."""

EXECUTIVE = frozenset({"owner", "founder", "c_suite", "partner", "vp", "head", "director"})


def _phrases(table: str) -> dict[str, str]:
    """`meaning: phrase, phrase` lines as phrase -> meaning; an indented line goes on."""
    found: dict[str, str] = {}
    for line in dedent(table).strip().replace("\n    ", " ").splitlines():
        meaning, _, phrases = line.partition(":")
        found.update({phrase.strip(): meaning for phrase in phrases.split(",")})
    return found


EXPANSIONS = MappingProxyType(
    _phrases(
        """
        chief executive officer: ceo, chief executive, chief exec, group chief executive
        chief financial officer: cfo, chief finance officer
        chief technology officer: cto, chief technical officer
        chief operating officer: coo, chief operations officer
        chief marketing officer: cmo
        chief information officer: cio
        chief revenue officer: cro
        chief product officer: cpo
        chief people officer: chpo
        chief human resources officer: chro, chief hr officer
        chief commercial officer: cco
        chief data officer: cdo
        chief information security officer: ciso
        chief security officer: cso
        chief legal officer: clo
        chief growth officer: cgo
        managing director: md, managing dir
        vice president: vp, v p, vice pres, vicepresident, vice presidente, vizepräsident,
            vice président, vice presidenta
        senior vice president: svp, sr vp, senior vp, sr vice president
        executive vice president: evp, exec vp, executive vp, exec vice president
        assistant vice president: avp
        general manager: gm
        human resources: hr
        information technology: it
        non executive director: ned, nonexecutive director, non exec director
        director: dir
        senior: sr, snr
        junior: jr, jnr
        manager: mgr, mgmt
        engineer: eng, engr
        assistant: asst
        vice chairman: vice chair, deputy chairman, deputy chair
        chairman: chair, chairperson, chairwoman, chairman of the board, chair of the board
        co founder: cofounder
        geschaeftsfuehrer: gf
        directeur general: dg
        """
    )
)
"""Short or variant phrase -> the phrase it stands for."""

SENIORITY = MappingProxyType(
    _phrases(
        """
        owner: owner, co owner, proprietor, business owner, sole trader, owner operator
        founder: founder, co founder, founding partner, founding director
        c_suite: chief executive officer, chief financial officer, chief technology officer, chief
            operating officer, chief marketing officer, chief information officer, chief revenue
            officer, chief product officer, chief people officer, chief human resources officer,
            chief commercial officer, chief data officer, chief information security officer,
            chief security officer, chief legal officer, chief growth officer, chief risk officer
        c_suite: managing director, president, chairman, vice chairman, executive chairman,
            general counsel, board member executive, deputy managing director, direktor generalny,
            prezes, verkstallande direktor, toimitusjohtaja, administrerende direktor, ceo office,
            geschaeftsfuehrer, directeur general
        partner: partner, managing partner, general partner, senior partner, equity partner,
            principal, member partner, designated member
        vp: vice president, senior vice president, executive vice president, assistant vice
            president, group vice president
        head: head, head of, global head, general manager, country manager, group head,
            practice lead, headteacher, head teacher, headmaster, headmistress, school principal
        director: director, executive director, non executive director, board member, board
            director, dyrektor, trustee, governor, finance director, company
            secretary, corporate secretary, controller, comptroller, treasurer
        manager: manager, supervisor, lead, team lead, team leader, project leader, partner
            manager, coordinator, art director, creative director, assistant director, associate
            director, deputy director, account director,
            director of photography, funeral director, medical director assistant, account
            executive lead, kierownik, foreman, superintendent, scrum master
        senior: senior, principal engineer, principal consultant, principal scientist, principal
            architect, principal software engineer, principal developer, staff engineer, expert,
            counsel, architect, lawyer, solicitor, business partner, product owner, process owner,
            data owner, professor, experte, chief of staff
        entry: engineer, developer, designer, analyst, accountant, scientist, consultant,
            specialist, advisor, adviser, berater, ingenieur, assistant, intern, trainee,
            apprentice, junior, graduate, entry level, clerk, secretary, receptionist, associate,
            executive assistant, personal assistant, praktikant, stagiaire, werkstudent, student,
            volunteer, representative, account executive, sales executive, marketing executive,
            administrative assistant, administrator, operator, technician, cashier, assistant to,
            assistant to the, pa to, ea to, office of the ceo, founders associate, chief of staff
            assistant
        """
    )
)

DEPARTMENT = MappingProxyType(
    _phrases(
        """
        engineering: engineering, engineer, software, developer, technology, technical, chief
            technology officer, devops, development, entwicklung, technik, technique, programmer,
            architect, platform, qa, hardware
        information_technology: information technology, chief information officer, systems,
            infrastructure, network, chief information security officer, security, cyber,
            helpdesk, informatik, informatique, sysadmin
        data: data, analytics, analyst, data science, chief data officer, machine learning,
            business intelligence, ai, statistics
        product: product, chief product officer, product management, product owner
        design: design, designer, ux, ui, creative, art director, brand design
        sales: sales, business development, account executive, account manager, account director,
            chief revenue officer, chief commercial officer, revenue, commercial, vertrieb,
            ventes, ventas, vendite, verkoop, verkauf, partnerships, key account, commerciale,
            commercial director, partner manager
        marketing: marketing, chief marketing officer, brand, growth, chief growth officer,
            content, communications, communication, pr, public relations, seo, digital, media,
            demand generation, kommunikation, advertising, product marketing
        finance: finance, financial, chief financial officer, accounting, accountant, accounts,
            controller, comptroller, treasurer, treasury, tax, audit, finanzen, finanz, finanzas,
            finances, buchhaltung, investment, investor relations, payroll, bookkeeper, financier,
            finanza
        operations: operations, operating, chief operating officer, logistics, supply chain,
            procurement, purchasing, manufacturing, production, facilities, warehouse, betrieb,
            produktion, einkauf, fleet, operaciones, achats, quality, construction, site, project,
            projects, programme, program, transport
        human_resources: human resources, people, talent, recruiting, recruitment, recruiter,
            chief people officer, chief human resources officer, personal, personnel,
            personalleiter, hr business partner, ressources humaines, recursos humanos, learning,
            culture, personnel manager
        legal: legal, counsel, general counsel, lawyer, solicitor, attorney, compliance, chief
            legal officer, company secretary, regulatory, recht, juridique, privacy, data
            protection, paralegal, risk, chief risk officer
        customer_success: customer success, customer service, customer support, customer
            experience, support, client services, kundenservice, customer care, client success,
            customer, customers
        administration: executive assistant, personal assistant, receptionist, administrative
            assistant, secretary, office manager, administrator, administration, clerk, assistant
            to, pa to, ea to, verwaltung
        research: research, scientist, laboratory, r and d, rd, forschung, innovation, recherche
        education: education, teacher, headteacher, headmaster, headmistress, professor, lecturer,
            school, training
        medical: medical, clinical, doctor, nurse, physician, health, healthcare, pharmacist, dental
        management: chief executive officer, managing director, president, chairman, vice
            chairman, owner, co owner, founder, co founder, geschaeftsfuehrer, general manager,
            managing partner, directeur general,
            proprietor, chief executive, board member, trustee, deputy managing director, non
            executive director, executive director,
            general management, strategy, country manager, board member executive
        """
    )
)

SAID_SENIORITY = MappingProxyType(
    _phrases(
        """
        owner: owner, owners
        founder: founder, founders
        c_suite: c suite, c level, cxo, csuite, clevel, executive, executives, c team, chief, board
        partner: partner, partners
        vp: vp, vice president, svp, evp
        head: head, head of
        director: director, directors, senior director
        manager: manager, management, managerial, team lead, lead
        senior: senior, mid senior level, staff, principal, experienced, mid, mid level,
            specialist, individual contributor, senior level
        entry: entry, entry level, junior, intern, training, unpaid, trainee, associate,
            assistant, internship, non manager, graduate
        """
    )
)
"""The words in which providers give a seniority as such."""
