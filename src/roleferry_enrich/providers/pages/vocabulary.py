"""The words by which team pages are read, in the languages companies write them in.

Kept apart from the rules so that a word can be added without reading them. All are in lower
case and without accents, as `wording.words_of` gives them.
"""

import re


def word_set(text: str) -> frozenset[str]:
    """The words of a text, so that long lists stay readable."""
    return frozenset(text.split())


HONORIFICS = word_set(
    "mr mrs ms miss mx dr prof professor sir dame lord lady rev hon herr frau mag ing dipl "
    "dipl-ing dott avv sig sra sr mme mlle ir drs"
)

PARTICLES = word_set(
    "van von de der den del della di da do dos das du des la le los las y e und zu zum zur ten "
    "ter te 't bin ibn binti al el ap af av"
)

POST_NOMINALS = word_set(
    "PHD DPHIL MD MBA MSC MA MENG BA BSC BENG LLB LLM JD CPA CFA CA ACA FCA ACCA FCCA ACMA FCMA "
    "CGMA CENG FRENG FRS OBE MBE CBE KBE DBE KC QC FRSA MRICS FRICS RIBA CIPD FCIPD MCIPD "
    "PMP CISSP PE DDS DO RN TD DL FCIM MCIM CFP CMGR FCMI"
)

TITLE_WORDS = word_set(
    # English
    "chief ceo cto cfo coo cmo cio cpo cro ciso cso cco cdo chro evp svp avp vp md officer "
    "director directors manager head president chairman chairwoman chairperson chair founder "
    "cofounder partner owner proprietor secretary treasurer principal lead leader supervisor "
    "executive engineer developer designer architect analyst consultant accountant auditor "
    "associate assistant coordinator administrator specialist adviser advisor counsel solicitor "
    "lawyer attorney barrister paralegal representative buyer controller comptroller scientist "
    "researcher editor producer strategist recruiter trainer technician superintendent planner "
    "marketer operator surveyor trustee governor fellow dean professor teacher nurse physician "
    "dentist veterinarian broker underwriter actuary economist writer copywriter illustrator "
    "photographer foreman machinist electrician apprentice intern trainee bookkeeper "
    "receptionist clerk dispatcher programmer tester member chef curator steward registrar "
    # German
    "geschaftsfuhrer geschaftsfuhrerin geschaftsfuhrender geschaftsfuhrung geschaftsleitung "
    "vorstand vorstandin vorstandsvorsitzender vorstandsvorsitzende vorsitzender vorsitzende "
    "inhaber inhaberin grunder grunderin gesellschafter prokurist prokuristin leiter leiterin "
    "leitung bereichsleiter bereichsleiterin teamleiter teamleiterin vertriebsleiter "
    "vertriebsleiterin entwicklungsleiter assistentin referent referentin aufsichtsrat berater "
    "beraterin sachbearbeiter sachbearbeiterin buchhalter buchhalterin ingenieur entwickler "
    "entwicklerin mitarbeiter mitarbeiterin "
    # French
    "directeur directrice presidente presidentdirecteur gerant gerante fondateur fondatrice "
    "cofondateur cofondatrice associe associee responsable ingenieure comptable avocat avocate "
    "chargee charge adjoint adjointe pdg dg "
    # Spanish, Portuguese, Italian
    "directora presidenta gerente jefe jefa fundador fundadora socio socia consejero consejera "
    "ingeniero ingeniera abogado abogada diretor diretora administrador administradora gestor "
    "gestora engenheiro engenheira direttore direttrice amministratore amministratrice titolare "
    "fondatore fondatrice responsabile ingegnere avvocato "
    # Dutch and Nordic
    "directrice bestuurder oprichter eigenaar vennoot adviseur medewerker hoofd direktor "
    "grundare grunnlegger stifter daglig leder styreleder styrelseordforande ansvarig chef "
    "toimitusjohtaja johtaja prezes dyrektor kierownik reditel jednatel"
)

# A text with one of these is no person's name. Words that are also common surnames (Banks, Page,
# Price, Young) are left out: next to a title they are people.
NOT_IN_NAMES = TITLE_WORDS - word_set("dean chef foreman fellow steward leder stifter") | word_set(
    "about us our we you your my me the a an and or for with why what when where who how all any "
    "this that these those from into by at in on of to as is are be it its not no yes new "
    "contact home homepage team teams people staff leadership management board committee privacy "
    "policy terms conditions cookie cookies legal notice read more learn view see show meet join "
    "follow find get click here download share send subscribe sign login log register search menu "
    "news blog press media events event careers career jobs vacancies services service products "
    "product solutions solution company companies group limited ltd plc llp llc inc gmbh corp "
    "corporation holdings ventures capital office offices headquarters customer customers client "
    "clients support sales marketing finance financial accounting operations technology "
    "technologies engineering research development business human resources hr communications "
    "corporate strategy quality health safety security data digital software hardware systems "
    "industry industries manufacturing logistics supply chain procurement innovation design "
    "creative content social responsibility sustainability investor investors relations general "
    "enquiries inquiries information email phone fax tel telephone mobile address website web "
    "online free trial demo pricing history story stories mission vision values culture awards "
    "case study studies testimonials reviews faq faqs help guide guides resources latest featured "
    "recent popular related previous next back top copyright rights reserved years experience "
    "trusted global international national regional local worldwide north south east west "
    "northern southern eastern western central greater upper lower united kingdom republic "
    "federal state states province county district department division section unit project "
    "projects programme program management asset wealth property estate insurance bank banking "
    "account accounts order orders shop store cart checkout delivery shipping returns warranty "
    "monday tuesday wednesday thursday friday saturday sunday january february november december "
    "university college school institute academy hospital foundation association society trust "
    "alumni former unternehmen kontakt impressum datenschutz uber uns equipe equipo nous nosotros "
    "award winning best leading quick links useful site map sitemap mail call linkedin twitter "
    "facebook instagram xing youtube github whatsapp skype profile bio biography vcard connect "
    "message book appointment direct mobil telefon fon courriel correo anrufen schreiben"
)

# Of these, the ones that stand at the end of a name more often than of a slogan.
SURNAMES = word_set("west north best case story head read")

PLACES = frozenset(
    re.split(
        ", ",
        "new york, new york city, los angeles, san francisco, san diego, san jose, san antonio, "
        "santa monica, santa clara, santa barbara, las vegas, st louis, saint louis, salt lake "
        "city, kansas city, fort worth, palo alto, mountain view, menlo park, new orleans, new "
        "jersey, new mexico, new hampshire, rhode island, north carolina, south carolina, hong "
        "kong, kuala lumpur, abu dhabi, tel aviv, sao paulo, rio de janeiro, buenos aires, mexico "
        "city, cape town, new delhi, new zealand, south africa, saudi arabia, costa rica, puerto "
        "rico, sri lanka, latin america, north america, south america, asia pacific, middle east, "
        "great britain, northern ireland, milton keynes, tunbridge wells, st albans, st andrews, "
        "newcastle upon tyne, stratford upon avon, kingston upon hull, bury st edmunds, den haag, "
        "the hague, le havre, la rochelle, frankfurt am main, bad homburg, baden baden, ho chi "
        "minh city, addis ababa, dar es salaam, el salvador, czech republic, hemel hempstead, "
        "high wycombe, welwyn garden city, leamington spa, royal leamington spa, canary wharf",
    )
)

# Verbs and headings that begin a line beside a name without being its title.
NOT_IN_TITLES = word_set(
    "meet contact our join read learn view see about email call follow find get become ask hire "
    "why what how when where we you your they he she his her their it its is are was were has "
    "have had i my me who that which will can joined leads works believe thank thanks with the "
    "posted published written guest author former previously alumni ehemaliger ehemalige ex "
    "become apply dear download share copyright talk speak"
)

# A heading, or the class of an element, with one of these says that who follows is not staff.
# Not "post" or "article": content systems give these classes to whole pages.
OTHER_PEOPLE = word_set(
    "alumni alumnus former ehemalige ehemaligen anciens antiguos testimonial testimonials review "
    "reviews quote quotes blockquote kundenstimmen referenzen temoignages testimonios author "
    "authors byline guest guests contributors contributor speakers memoriam retired"
)
# In a heading these do so too, except beside a word that makes a department of them.
OTHER_COMPANIES = word_set(
    "customer customers client clients kunden blog news press articles posts says saying said "
    "stories webinars events podcast comments investors portfolio"
)
DEPARTMENTS = word_set(
    "services service success relations support team care experience management office marketing "
    "communications operations"
)
