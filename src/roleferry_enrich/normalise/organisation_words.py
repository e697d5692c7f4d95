"""Words of company names as registers and people shorten, count and translate them. Tables only.

Spellings are folded words (`normalise.text.words`).
"""

from functools import lru_cache
from types import MappingProxyType

from roleferry_enrich.normalise.text import word_set
from roleferry_enrich.normalise.written_numbers import FIGURES, SIGNS, joined

GENERIC = word_set(
    """
    agency airline airway america and asia associate bank brother business capital center co com
    company concern construction consultant consulting corp corporation design development digital
    distribution energy engineering enterprise equipment europe european finance financial food
    foundation fund gas global group health healthcare holding home hotel industry institute
    insurance international investment io it lab limited logistics ltd management manufacturing
    marketing media national net network of oil online operation org partner partnership
    pharmaceutical plc product production property research restaurant retail sa sale school
    security service society software solution store studio supply system tech technical technology
    telecommunication the trade trading transport trust uk union united university us usa venture
    wealth work worldwide
    """
)
"""Words many companies share: agreeing on them says little, lacking one says little either."""

FILLERS = word_set("and of the for de des du der die das di la le y et und e")
"""Words that initials and translations leave out."""

_WRITTEN_OUT = """
us: united states
usa: united states
uk: united kingdom
corp: corporation
co: company
intl: international
natl: national
mfg: manufacturing
mgmt: management
mgt: management
assn: association
assoc: associate
bros: brother
dept: department
govt: government
univ: university
inst: institute
svc: service
svcs: service
hldg: holding
hldgs: holding
grp: group
dev: development
eng: engineering
ins: insurance
comm: communication
comms: communication
ctr: center
centre: center
labour: labor
organisation: organization
laboratory: lab
technologie: technology
gruppe: group
gruppo: group
grupo: group
groupe: group
universitat: university
universita: university
universite: university
universidad: university
banco: bank
banca: bank
banque: bank
compagnie: company
compania: company
societe: company
industrie: industry
industria: industry
industrias: industry
internationale: international
internacional: international
internazionale: international
nationale: national
nacional: national
nazionale: national
versicherung: insurance
versicherungen: insurance
assurance: insurance
assurances: insurance
seguros: insurance
assicurazioni: insurance
stiftung: foundation
fondation: foundation
fundacion: foundation
fondazione: foundation
institut: institute
instituto: institute
istituto: institute
energie: energy
energia: energy
zentrum: center
centro: center
zavod: plant
kompaniya: company
universitet: university
ministerstvo: ministry
ministerium: ministry
ministere: ministry
ministerio: ministry
saint: st
sankt: st
mount: mt
gebr: brother
gebruder: brother
gebrueder: brother
constr: construction
trdg: trading
tech: technology
telecom: telecommunication
telecoms: telecommunication
pharma: pharmaceutical
chem: chemical
elec: electric
transportation: transport
equip: equipment
distr: distribution
sys: system
hosp: hospital
"""
_SPELT_OUT = MappingProxyType(
    {
        short: tuple(full.split())
        for short, _, full in (line.partition(": ") for line in _WRITTEN_OUT.strip().splitlines())
    }
    | {word: (figures,) for word, figures in FIGURES.items()}
)


@lru_cache(maxsize=16_384)
def spelt_out(key: str) -> tuple[str, ...]:
    """The words of a company's key, abbreviations written out and numbers in figures."""
    found: list[str] = []
    for word in key.split():
        written = _SPELT_OUT.get(word) or _SPELT_OUT.get(singular := _singular(word), (singular,))
        if found and written[0][0].isdigit():
            number = joined(found[-1], written[0])
            if number is not None or found[-1] in SIGNS:
                found[-1] = number or written[0]
                continue
        found.extend(written)
    # "Booking.com" is called "Booking" as often.
    return tuple(found[:-1] if len(found) > 1 and found[-1] == "com" else found)


def _singular(word: str) -> str:
    """`service` of `services`, `industry` of `industries`; names of one's own stay."""
    if not word.endswith("s"):
        return word
    one = word.removesuffix("ies") + "y" if word.endswith("ies") else word[:-1]
    return one if one in GENERIC or one in _SPELT_OUT else word
