"""Profile addresses in canonical form."""

from roleferry_enrich.domain.identifiers import ProfileUrl


def parse_profile_url(text: str) -> ProfileUrl | None:
    url = text.strip().removeprefix("https://").removeprefix("www.").rstrip("/")
    return ProfileUrl(url) if url.startswith("linkedin.com/") else None


def is_company_page(url: ProfileUrl) -> bool:
    return url.startswith(("linkedin.com/company/", "linkedin.com/school/"))
