"""Words of company names as registers and people shorten, count and translate them. Tables only.

Spellings are folded words (`normalise.text.words`).
"""

from functools import lru_cache
from types import MappingProxyType

from roleferry_enrich.normalise.text import word_set

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
_COUNTED = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS = (
    "1st first 2nd second 3rd third 4th fourth 5th fifth 6th sixth 7th seventh 8th eighth 9th "
    "ninth 10th tenth 11th eleventh 12th twelfth 13th thirteenth 14th fourteenth 15th fifteenth "
    "16th sixteenth 17th seventeenth 18th eighteenth 19th nineteenth 20th twentieth"
)
# A lone I or X is a letter more often than a number.
_ROMAN = "2 ii 3 iii 4 iv 5 v 6 vi 7 vii 8 viii 9 ix"


def _table() -> dict[str, tuple[str, ...]]:
    lines = (line.partition(": ") for line in _WRITTEN_OUT.strip().splitlines())
    found = {short: tuple(full.split()) for short, _, full in lines}
    for step, counted in ((1, _COUNTED), (10, _TENS)):
        first = 1 if step == 1 else 2
        found |= {word: (str(n * step),) for n, word in enumerate(counted.split(), first)}
    for numbered in (_ORDINALS.split(), _ROMAN.split()):
        found |= {
            word: (figure,) for figure, word in zip(numbered[::2], numbered[1::2], strict=True)
        }
    return found


_SPELT_OUT = MappingProxyType(_table())


@lru_cache(maxsize=16_384)
def spelt_out(key: str) -> tuple[str, ...]:
    """The words of a company's key, abbreviations written out and numbers in figures."""
    found: list[str] = []
    for word in key.split():
        written = _SPELT_OUT.get(word) or _SPELT_OUT.get(singular := _singular(word), (singular,))
        tens = found[-1] if found else ""
        if len(tens) == 2 and tens[1] == "0" and len(written[0]) == 1 and written[0].isdigit():
            found[-1] = tens[0] + written[0]  # forty-four
        else:
            found.extend(written)
    # "Booking.com" is called "Booking" as often.
    return tuple(found[:-1] if len(found) > 1 and found[-1] == "com" else found)


def _singular(word: str) -> str:
    """`service` of `services`, `industry` of `industries`; names of one's own stay."""
    if not word.endswith("s"):
        return word
    one = word.removesuffix("ies") + "y" if word.endswith("ies") else word[:-1]
    return one if one in GENERIC or one in _SPELT_OUT else word
