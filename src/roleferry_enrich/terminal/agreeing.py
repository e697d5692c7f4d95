"""What the `quotas` commands do, over the installation's own database."""

from uuid import UUID

from roleferry_enrich.accounts.quota_repository import QuotaRepository, effective
from roleferry_enrich.accounts.quotas import Quota, usual_quota
from roleferry_enrich.configuration.settings import read_settings
from roleferry_enrich.terminal.databases import with_database
from roleferry_enrich.terminal.printing import console


def show_quota(account: UUID) -> None:
    settings = read_settings()
    agreed = with_database(settings, lambda engine: QuotaRepository(engine).get(account))
    _print(effective(usual_quota(settings), agreed))


def agree_quota(account: UUID, quota: Quota) -> None:
    settings = read_settings()
    if quota == Quota():
        with_database(settings, lambda engine: QuotaRepository(engine).end(account))
    else:
        with_database(settings, lambda engine: QuotaRepository(engine).agree(account, quota))
    _print(effective(usual_quota(settings), quota))


def _print(quota: Quota) -> None:
    for window in quota.windows:
        console().print(f"{window.requests} requests per {window.name}")
    if not quota.windows:
        console().print("no limit")
