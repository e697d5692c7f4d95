"""What invented companies are called, do and use, and what their people are called at work."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


STEM_BEGINNINGS = _words(
    """Alder Amber Arden Ash Bar Beacon Birch Black Bram Brook Calder Cop Corn Crest Dun Elm Fal
    Fern Fox Glen Gold Hale Hart Hazel Heath Hollow Iron Kest Lark Lin Long Lyn Maple Marl Mer
    Nether North Oak Pem Quill Raven Red Rook Row Salt Sel Shear Silver Stan Stone Swift Tam
    Thorn Tor Under Vale Wen West Whin Win Wolver Wren Yar"""
)
STEM_ENDINGS = _words(
    """bourne bridge brook bury combe cote croft dale den field ford gate grove ham hurst ing
    land ley lock mere mond more nell port ridge ros shaw side stead stone ton vale wade water
    way well wick wood worth"""
)


@dataclass(frozen=True, slots=True)
class Trade:
    industry: str
    sic_code: str
    words: tuple[str, ...]
    offering: str


TRADES: tuple[Trade, ...] = (
    Trade("Scientific Instruments", "26511", ("Instruments", "Metrology"), "measuring instruments"),
    Trade("Software", "62012", ("Software", "Systems", "Digital"), "software for operations teams"),
    Trade(
        "Information Technology", "62020", ("Technologies", "IT Services", "Cloud"), "IT services"
    ),
    Trade("Engineering", "71121", ("Engineering", "Fabrications"), "engineering and design"),
    Trade("Construction", "41201", ("Construction", "Builders", "Homes"), "commercial building"),
    Trade("Logistics", "52290", ("Logistics", "Freight", "Haulage"), "freight and warehousing"),
    Trade("Management Consulting", "70229", ("Consulting", "Advisory"), "advice to boards"),
    Trade("Legal Services", "69102", ("Law", "Solicitors"), "legal advice"),
    Trade("Accounting", "69201", ("Accountants", "Audit"), "accounts and audit"),
    Trade("Marketing", "73110", ("Media", "Marketing", "Studio"), "brand campaigns"),
    Trade("Food Production", "10890", ("Foods", "Bakery", "Provisions"), "foods for retailers"),
    Trade("Pharmaceuticals", "21200", ("Pharma", "Biosciences"), "medicines and assays"),
    Trade("Medical Devices", "32500", ("Medical", "Diagnostics"), "diagnostic devices"),
    Trade("Renewable Energy", "35110", ("Energy", "Renewables", "Power"), "solar and wind power"),
    Trade("Financial Services", "64999", ("Capital", "Finance"), "business finance"),
    Trade("Insurance", "65120", ("Insurance", "Underwriting"), "commercial insurance"),
    Trade("Real Estate", "68209", ("Properties", "Estates"), "letting and management"),
    Trade("Education", "85590", ("Learning", "Training"), "professional training"),
    Trade("Retail", "47190", ("Stores", "Trading"), "home and garden goods"),
    Trade("Telecommunications", "61900", ("Networks", "Telecom"), "business connectivity"),
)

GROUP_WORDS = ("Holdings", "Group", "International", "Services", "Europe", "Investments")

TECHNOLOGIES = _words(
    """Salesforce HubSpot Marketo Slack Zoom Jira Confluence GitHub GitLab AWS Azure Cloudflare
    Snowflake Databricks PostgreSQL MySQL MongoDB Redis Kafka Kubernetes Docker Terraform React
    Angular Django WordPress Shopify Stripe Zendesk Intercom Tableau Workday NetSuite SAP Okta
    Datadog Sentry Segment"""
)

DEPARTMENTS = (
    "executive", "finance", "engineering", "operations", "sales", "marketing",
    "human_resources", "information_technology", "legal", "support",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    title: str
    seniority: str
    department: str
    former: str = ""
    """What its holder did before, as a rule."""


CHIEF = Post("Chief Executive Officer", "c_suite", "executive", "Managing Director")
MANAGING_PARTNER = Post("Managing Partner", "partner", "executive", "Partner")
FOUNDER = Post("Founder & CEO", "founder", "executive", "Consultant")
FAMILY_OWNER = Post("Owner and Managing Director", "owner", "executive", "Works Manager")
SECRETARY = Post("Company Secretary", "director", "legal", "Legal Counsel")

EXECUTIVES: tuple[Post, ...] = (
    Post("Chief Financial Officer", "c_suite", "finance", "Finance Director"),
    Post("Chief Technology Officer", "c_suite", "engineering", "VP Engineering"),
    Post("Chief Operating Officer", "c_suite", "operations", "Operations Director"),
    Post("Chair", "c_suite", "executive", "Non-Executive Director"),
    Post("Chief Marketing Officer", "c_suite", "marketing", "Marketing Director"),
    Post("Chief People Officer", "c_suite", "human_resources", "HR Director"),
    Post("Chief Revenue Officer", "c_suite", "sales", "VP Sales"),
    Post("Non-Executive Director", "director", "executive", "Partner"),
    Post("Commercial Director", "director", "sales", "Sales Manager"),
)
PARTNERS: tuple[Post, ...] = (
    Post("Senior Partner", "partner", "executive", "Partner"),
    Post("Partner", "partner", "legal", "Senior Associate"),
    Post("Partner", "partner", "finance", "Senior Manager"),
    Post("Finance Partner", "partner", "finance", "Financial Controller"),
)
STAFF: tuple[Post, ...] = (
    Post("VP Engineering", "vp", "engineering", "Engineering Manager"),
    Post("VP Sales", "vp", "sales", "Regional Sales Manager"),
    Post("Head of Product", "head", "engineering", "Product Manager"),
    Post("Head of Procurement", "head", "operations", "Buyer"),
    Post("Head of Customer Success", "head", "support", "Support Manager"),
    Post("Director of Marketing", "director", "marketing", "Marketing Manager"),
    Post("IT Director", "director", "information_technology", "IT Manager"),
    Post("Finance Manager", "manager", "finance", "Management Accountant"),
    Post("Engineering Manager", "manager", "engineering", "Senior Engineer"),
    Post("Sales Manager", "manager", "sales", "Account Manager"),
    Post("HR Manager", "manager", "human_resources", "HR Adviser"),
    Post("Operations Manager", "manager", "operations", "Team Leader"),
    Post("Senior Software Engineer", "senior", "engineering", "Software Engineer"),
    Post("Senior Account Executive", "senior", "sales", "Account Executive"),
    Post("Legal Counsel", "senior", "legal", "Solicitor"),
    Post("Software Engineer", "entry", "engineering", "Graduate Engineer"),
    Post("Account Executive", "entry", "sales", "Sales Assistant"),
    Post("Customer Support Adviser", "entry", "support", "Retail Assistant"),
    Post("Marketing Executive", "entry", "marketing", "Marketing Assistant"),
)

SENIORITY_ORDER = (
    "owner", "founder", "c_suite", "partner", "vp", "head", "director", "manager", "senior",
    "entry",
)  # fmt: skip

TITLE_VARIANTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Chief Executive Officer": ("CEO", "Chief Executive", "Chief Executive Officer (CEO)"),
        "Chief Financial Officer": ("CFO", "Group CFO", "Chief Finance Officer"),
        "Chief Technology Officer": ("CTO", "Chief Technical Officer"),
        "Chief Operating Officer": ("COO", "Chief Operations Officer"),
        "Chief Marketing Officer": ("CMO",),
        "Chief People Officer": ("CPO", "Chief HR Officer"),
        "Chief Revenue Officer": ("CRO",),
        "Chair": ("Chairman", "Chair of the Board", "Chairperson"),
        "Non-Executive Director": ("NED", "Non Executive Director", "Independent Director"),
        "Founder & CEO": ("Founder and Chief Executive", "CEO & Founder", "CEO"),
        "Owner and Managing Director": ("Managing Director", "MD", "Owner"),
        "Managing Partner": ("Managing Partner & Head of Office",),
        "VP Engineering": ("Vice President of Engineering", "Vice President, Engineering"),
        "VP Sales": ("Vice President Sales", "Sales VP"),
        "Director of Marketing": ("Marketing Director",),
        "Senior Software Engineer": ("Sr Software Engineer", "Sr. Software Engineer"),
        "HR Manager": ("Human Resources Manager", "People Manager"),
    }
)
"""Other ways to write a title; the meaning is the same."""
