"""Countries as ISO 3166-1 alpha-2, from their codes and the names providers use for them."""

from functools import cache, lru_cache

from roleferry_enrich.normalise.text import clean, words

_TABLE = """
AD AND Andorra
AE ARE United Arab Emirates|UAE|Emirates|Dubai|Abu Dhabi
AF AFG Afghanistan
AL ALB Albania
AM ARM Armenia
AO AGO Angola
AR ARG Argentina
AT AUT Austria|Österreich|Oesterreich|Autriche
AU AUS Australia|Commonwealth of Australia
AZ AZE Azerbaijan
BA BIH Bosnia and Herzegovina|Bosnia
BB BRB Barbados
BD BGD Bangladesh
BE BEL Belgium|België|Belgique|Belgien
BG BGR Bulgaria
BH BHR Bahrain
BM BMU Bermuda
BN BRN Brunei|Brunei Darussalam
BO BOL Bolivia|Bolivia, Plurinational State of
BR BRA Brazil|Brasil
BS BHS Bahamas|The Bahamas
BW BWA Botswana
BY BLR Belarus
BZ BLZ Belize
CA CAN Canada
CD COD Democratic Republic of the Congo|DR Congo|DRC
CH CHE Switzerland|Schweiz|Suisse|Svizzera
CI CIV Ivory Coast|Côte d'Ivoire
CL CHL Chile
CM CMR Cameroon
CN CHN China|People's Republic of China|PRC|Mainland China
CO COL Colombia
CR CRI Costa Rica
CU CUB Cuba
CY CYP Cyprus
CZ CZE Czechia|Czech Republic|Česko|Česká republika
DE DEU Germany|Deutschland|Allemagne|Federal Republic of Germany|GER
DK DNK Denmark|Danmark
DO DOM Dominican Republic
DZ DZA Algeria
EC ECU Ecuador
EE EST Estonia|Eesti
EG EGY Egypt
ES ESP Spain|España|Espagne
ET ETH Ethiopia
FI FIN Finland|Suomi
FJ FJI Fiji
FR FRA France|French Republic
GB GBR United Kingdom|UK|Great Britain|Britain|England|Scotland|Wales|Northern Ireland
GB GBR England and Wales|Angleterre|Vereinigtes Königreich
GB GBR United Kingdom of Great Britain and Northern Ireland
GE GEO Georgia (country)|Republic of Georgia
GG GGY Guernsey
GH GHA Ghana
GI GIB Gibraltar
GR GRC Greece|Hellas|Ελλάδα
GT GTM Guatemala
HK HKG Hong Kong|Hong Kong SAR|Hong Kong SAR China
HN HND Honduras
HR HRV Croatia|Hrvatska
HU HUN Hungary|Magyarország
ID IDN Indonesia
IE IRL Ireland|Republic of Ireland|Éire|Eire
IL ISR Israel
IM IMN Isle of Man
IN IND India|Bharat
IQ IRQ Iraq
IR IRN Iran|Islamic Republic of Iran
IS ISL Iceland|Ísland
IT ITA Italy|Italia|Italie|Italien
JE JEY Jersey
JM JAM Jamaica
JO JOR Jordan
JP JPN Japan|Nippon|日本
KE KEN Kenya
KG KGZ Kyrgyzstan
KH KHM Cambodia
KP PRK North Korea
KR KOR South Korea|Korea|Republic of Korea|Korea, Republic of|대한민국
KW KWT Kuwait
KY CYM Cayman Islands
KZ KAZ Kazakhstan
LA LAO Laos
LB LBN Lebanon
LI LIE Liechtenstein
LK LKA Sri Lanka
LT LTU Lithuania|Lietuva
LU LUX Luxembourg|Luxemburg
LV LVA Latvia|Latvija
LY LBY Libya
MA MAR Morocco|Maroc
MC MCO Monaco
MD MDA Moldova
ME MNE Montenegro
MG MDG Madagascar
MK MKD North Macedonia|Macedonia
MM MMR Myanmar|Burma
MN MNG Mongolia
MO MAC Macao|Macau
MT MLT Malta
MU MUS Mauritius
MV MDV Maldives
MW MWI Malawi
MX MEX Mexico|México
MY MYS Malaysia
MZ MOZ Mozambique
NA NAM Namibia
NG NGA Nigeria
NI NIC Nicaragua
NL NLD Netherlands|The Netherlands|Nederland|Holland|Pays-Bas|Niederlande
NO NOR Norway|Norge
NP NPL Nepal
NZ NZL New Zealand|Aotearoa
OM OMN Oman
PA PAN Panama|Panamá
PE PER Peru|Perú
PG PNG Papua New Guinea
PH PHL Philippines|The Philippines
PK PAK Pakistan
PL POL Poland|Polska
PR PRI Puerto Rico
PS PSE Palestine
PT PRT Portugal
PY PRY Paraguay
QA QAT Qatar
RO ROU Romania|România
RS SRB Serbia|Srbija
RU RUS Russia|Russian Federation|Россия
RW RWA Rwanda
SA SAU Saudi Arabia|KSA|Kingdom of Saudi Arabia
SD SDN Sudan
SE SWE Sweden|Sverige
SG SGP Singapore
SI SVN Slovenia|Slovenija
SK SVK Slovakia|Slovensko|Slovak Republic
SN SEN Senegal
SV SLV El Salvador
SY SYR Syria
TH THA Thailand
TN TUN Tunisia
TR TUR Turkey|Türkiye|Turkiye
TT TTO Trinidad and Tobago
TW TWN Taiwan|Taiwan, Province of China
TZ TZA Tanzania
UA UKR Ukraine|Україна
UG UGA Uganda
US USA United States|United States of America|U.S.|U.S.A.|America|Estados Unidos
UY URY Uruguay
UZ UZB Uzbekistan
VA VAT Vatican City|Holy See
VE VEN Venezuela
VG VGB British Virgin Islands|Virgin Islands, British|BVI
VN VNM Vietnam|Viet Nam
YE YEM Yemen
ZA ZAF South Africa
ZM ZMB Zambia
ZW ZWE Zimbabwe
"""


def parse_country(text: str) -> str | None:
    """The ISO alpha-2 code of a code or a name; None for what is no country known here."""
    return _code(clean(text, 100))


@lru_cache(maxsize=4_096)
def _code(written: str) -> str | None:
    return _codes().get(" ".join(words(written)))


@cache
def _codes() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in _TABLE.strip().splitlines():
        alpha2, alpha3, names = line.split(" ", 2)
        for name in (alpha2, alpha3, *names.split("|")):
            table[" ".join(words(name))] = alpha2
    return table
