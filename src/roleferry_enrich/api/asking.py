"""What all operations that enrich do with their question: ask it, or tell what that would cost."""

from functools import partial

from fastapi import Response

from roleferry_enrich.accounts.account import Account
from roleferry_enrich.api.answers.enrichment import about_enrichment, enrichment_response
from roleferry_enrich.api.answers.plan import plan_answer
from roleferry_enrich.api.idempotency import OnlyOnce
from roleferry_enrich.api.personal import shown
from roleferry_enrich.api.responses import json_response
from roleferry_enrich.api.services import Services
from roleferry_enrich.domain.enrichments import Request


async def answered(
    request: Request,
    caller: Account,
    services: Services,
    came_at: float,
    once: OnlyOnce,
    *,
    dry_run: bool,
) -> Response:
    if dry_run:
        return json_response(plan_answer(await services.plan(request, caller)))
    work = partial(services.enrich, request, caller, came_at)
    return await once.answer(
        work, lambda it: enrichment_response(shown(it, caller)), about_enrichment
    )
