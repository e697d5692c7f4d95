"""Where invented companies sit, with telephone numbers that are set aside for fiction.

Numbers: Ofcom's and the ARCEP's, Bundesnetzagentur's and NANPA's ranges for drama, so that none
can ring anybody. The Netherlands and Ireland have no such range that telephony libraries know,
so companies there have no number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class City:
    name: str
    state: str
    postcode: str
    """A pattern: `#` stands for a digit, `@` for a letter."""
    dialling: str
    """A pattern in E.164; empty where the country has no numbers for fiction."""


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    name: str
    weight: int
    cities: tuple[City, ...]
    streets: tuple[str, ...]
    house_first: bool
    mobiles: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    """Legal forms, the commonest first."""


_UK_STREETS = (
    "High Street", "Station Road", "Victoria Road", "Albert Street", "Mill Lane", "Church Street",
    "Kingsway", "Queen Street", "Canal Wharf", "Foundry Lane", "Castle Street", "Park Row",
)  # fmt: skip

COUNTRIES: Mapping[str, Country] = MappingProxyType(
    {
        "GB": Country(
            "GB",
            "United Kingdom",
            60,
            (
                City("London", "Greater London", "EC#A #@@", "+442079460###"),
                City("Manchester", "Greater Manchester", "M# #@@", "+441614960###"),
                City("Leeds", "West Yorkshire", "LS# #@@", "+441134960###"),
                City("Sheffield", "South Yorkshire", "S# #@@", "+441144960###"),
                City("Birmingham", "West Midlands", "B# #@@", "+441214960###"),
                City("Bristol", "Bristol", "BS# #@@", "+441174960###"),
                City("Reading", "Berkshire", "RG# #@@", "+441184960###"),
                City("Leicester", "Leicestershire", "LE# #@@", "+441164960###"),
                City("Edinburgh", "Midlothian", "EH# #@@", "+441314960###"),
                City("Glasgow", "Lanarkshire", "G# #@@", "+441414960###"),
                City("Liverpool", "Merseyside", "L# #@@", "+441514960###"),
                City("Newcastle upon Tyne", "Tyne and Wear", "NE# #@@", "+441914980###"),
                City("Cardiff", "South Glamorgan", "CF# #@@", "+442920180###"),
                City("Belfast", "County Antrim", "BT# #@@", "+442896496###"),
            ),
            _UK_STREETS,
            house_first=True,
            mobiles=("+447700900###",),
            suffixes=("Limited", "Limited", "Limited", "Ltd", "Ltd", "plc", "LLP"),
        ),
        "US": Country(
            "US",
            "United States",
            16,
            (
                City("New York", "New York", "100##", "+121255501##"),
                City("San Francisco", "California", "941##", "+141555501##"),
                City("Austin", "Texas", "787##", "+151255501##"),
                City("Boston", "Massachusetts", "021##", "+161755501##"),
                City("Chicago", "Illinois", "606##", "+131255501##"),
                City("Denver", "Colorado", "802##", "+130355501##"),
            ),
            ("Main Street", "Market Street", "Oak Avenue", "Lincoln Boulevard", "Harbor Drive"),
            house_first=True,
            mobiles=tuple(f"+1{area}55501##" for area in (206, 305, 404, 602, 702, 808, 916)),
            suffixes=("Inc.", "Inc", "LLC", "Corp.", "Corporation"),
        ),
        "DE": Country(
            "DE",
            "Germany",
            9,
            (
                City("Berlin", "Berlin", "10###", "+493023125###"),
                City("Hamburg", "Hamburg", "20###", "+494066969###"),
                City("München", "Bayern", "80###", "+498999998###"),
                City("Köln", "Nordrhein-Westfalen", "50###", "+492214710###"),
                City("Frankfurt am Main", "Hessen", "60###", "+496990009###"),
            ),
            ("Hauptstraße", "Bahnhofstraße", "Lindenallee", "Industrieweg", "Am Hafen"),
            house_first=False,
            mobiles=("+4917139200##", "+49176040690##"),
            suffixes=("GmbH", "GmbH", "AG", "GmbH & Co. KG", "SE"),
        ),
        "FR": Country(
            "FR",
            "France",
            7,
            (
                City("Paris", "Île-de-France", "750##", "+331990012##"),
                City("Lyon", "Auvergne-Rhône-Alpes", "690##", "+334657112##"),
                City("Lille", "Hauts-de-France", "590##", "+333530112##"),
                City("Nantes", "Pays de la Loire", "440##", "+332619112##"),
                City("Toulouse", "Occitanie", "310##", "+335364912##"),
            ),
            ("rue de la République", "avenue Victor Hugo", "rue du Moulin", "quai des Brumes"),
            house_first=True,
            mobiles=("+33639980###",),
            suffixes=("SAS", "SARL", "SA"),
        ),
        "IE": Country(
            "IE",
            "Ireland",
            4,
            (
                City("Dublin", "Leinster", "D0# @#@#", ""),
                City("Cork", "Munster", "T1# @#@#", ""),
                City("Galway", "Connacht", "H9# @#@#", ""),
            ),
            ("Patrick Street", "O'Connell Street", "Merrion Row", "Dock Road"),
            house_first=True,
            suffixes=("Limited", "DAC", "plc"),
        ),
        "NL": Country(
            "NL",
            "Netherlands",
            4,
            (
                City("Amsterdam", "Noord-Holland", "10## @@", ""),
                City("Rotterdam", "Zuid-Holland", "30## @@", ""),
                City("Utrecht", "Utrecht", "35## @@", ""),
                City("Eindhoven", "Noord-Brabant", "56## @@", ""),
            ),
            ("Kerkstraat", "Stationsplein", "Havenweg", "Dorpsstraat"),
            house_first=False,
            suffixes=("B.V.", "B.V.", "N.V."),
        ),
    }
)
