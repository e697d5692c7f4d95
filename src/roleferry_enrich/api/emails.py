"""`POST /emails/verify`: whether up to a thousand addresses receive mail."""

from functools import partial

from fastapi import APIRouter, Response

from roleferry_enrich.api.answers.verification import verify_answer, verify_plan
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import Arrival, EnrichCaller, Provided
from roleferry_enrich.api.dry_runs import DryRun
from roleferry_enrich.api.idempotency import Once
from roleferry_enrich.api.refusals import PAYS, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.verification import VerifyAnswer, VerifyBody, VerifyPlan
from roleferry_enrich.api.services import Subjects
from roleferry_enrich.api.translation import verification_request
from roleferry_enrich.domain.verification import Verification
from roleferry_enrich.gateway.channels import offers_of
from roleferry_enrich.pipeline.verifiers import CHECK
from roleferry_enrich.privacy.normal_forms import of_email
from roleferry_enrich.storage.idempotency import About

router = APIRouter(route_class=StrictRoute, tags=["emails"], default_response_class=JsonAnswer)


@router.post(
    "/emails/verify",
    operation_id="verifyEmails",
    summary="Verify addresses",
    response_model=VerifyAnswer | VerifyPlan,
    response_description="What is known of each address by the deadline",
    responses=documented(PAYS),
)
async def verify_emails(
    body: VerifyBody,
    caller: EnrichCaller,
    services: Provided,
    came_at: Arrival,
    once: Once,
    *,
    dry_run: DryRun = False,
) -> Response:
    """Asks the verifiers for all addresses side by side; where one takes lists, as one list.

    What comes after the deadline is remembered, so that asking again for it costs nothing. No
    contact is made of an address.

    With `dry_run=true` it answers with what that would cost instead.
    """
    verifiers = [
        name
        for name, provider in services.catalogue.items()
        if any(offer.capability == CHECK for offer in offers_of(provider))
    ]
    request = verification_request(body, verifiers)
    if dry_run:
        return json_response(verify_plan(await services.plan_verification(request, caller)))
    return await once.answer(
        partial(services.verify, request, caller, came_at),
        lambda verification: json_response(verify_answer(body.emails, verification)),
        _about,
    )


def _about(verification: Verification, subjects: Subjects) -> About:
    forms = (form for email in verification.checked for form in of_email(email))
    return About(verification.id, subjects.digests(forms))
