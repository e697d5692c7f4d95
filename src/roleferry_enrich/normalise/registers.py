"""Numbers in companies registers."""

from roleferry_enrich.domain.identifiers import CompanyNumber


def parse_company_number(text: str, country: str | None = "GB") -> CompanyNumber | None:
    written = "".join(text.split()).upper()
    if not (written.isascii() and written.isalnum() and any(c.isdigit() for c in written)):
        return None
    return CompanyNumber(written.zfill(8) if country == "GB" and written.isdigit() else written)
