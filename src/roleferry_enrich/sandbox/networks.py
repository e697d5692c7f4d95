"""The accounts that invented companies have on X and Facebook, told by their web addresses.

Nothing is stored: an account follows from the company, and the company from the account.
"""

import re

from roleferry_enrich.sandbox.population import Company, View

_LONGEST_HANDLE = 15


def x_handle(company: Company) -> str:
    """Their label, where it is short enough and nobody was quicker."""
    label = _label(company).replace("-", "_")
    taken = company.id % 6 == 5
    return f"{label[:9]}_{company.id}" if taken or len(label) > _LONGEST_HANDLE else label


def at_handle(handle: str, view: View) -> tuple[Company, bool] | None:
    """Whose name the handle bears, and whether the account is theirs; None if there is none."""
    wanted = handle.lower()
    numbered = re.fullmatch(r".*_(\d{1,6})", wanted, re.ASCII)
    company = view.company_by_id(int(numbered[1])) if numbered else None
    if company is not None and company.domain and x_handle(company) == wanted:
        return company, True
    company = view.company_by_domain(f"{wanted.replace('_', '-')}.test")
    return None if company is None else (company, x_handle(company) == wanted)


def facebook_page(company: Company) -> str:
    return _label(company).replace("-", ".")


def at_page(page: str, view: View) -> Company | None:
    return view.company_by_domain(f"{page.lower().replace('.', '-')}.test")


def shows_its_site(company: Company) -> bool:
    """Most do; the others are believed by their name or not at all."""
    return company.id % 9 != 4


def _label(company: Company) -> str:
    return company.domain.removesuffix(".test")
