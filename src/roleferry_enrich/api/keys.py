"""`/account` and `/keys`: whose key this is, and the account's keys."""

from datetime import timedelta
from functools import partial

from fastapi import APIRouter, Response

from roleferry_enrich.accounts.account import KeyWish
from roleferry_enrich.api.answers.keys import (
    account_data,
    key_list,
    key_with_secret,
)
from roleferry_enrich.api.bodies import StrictRoute
from roleferry_enrich.api.callers import Caller, KeysCaller, Provided
from roleferry_enrich.api.idempotency import Once, Repeatable
from roleferry_enrich.api.refusals import CREATES, READS, READS_ONE, ROTATES, documented
from roleferry_enrich.api.responses import JsonAnswer, json_response
from roleferry_enrich.api.schemas.keys import (
    AccountData,
    KeyBody,
    KeyList,
    KeyRotationBody,
    KeyWithSecret,
)

router = APIRouter(route_class=StrictRoute, tags=["account"], default_response_class=JsonAnswer)


@router.get(
    "/account",
    operation_id="getAccount",
    summary="Whose key is this?",
    response_model=AccountData,
    response_description="The account, and what the key may do",
    responses=documented(READS),
)
async def get_account(caller: Caller) -> Response:
    """Any key may ask this."""
    return json_response(account_data(caller))


@router.get(
    "/keys",
    operation_id="listKeys",
    summary="List the account's keys",
    response_model=KeyList,
    response_description="The keys, without their secrets",
    responses=documented(READS),
)
async def list_keys(caller: KeysCaller, services: Provided) -> Response:
    return json_response(key_list(await services.keys.all(caller.id)))


@router.post(
    "/keys",
    operation_id="createKey",
    summary="Make a key",
    status_code=201,
    response_model=KeyWithSecret,
    response_description="The key, in full",
    responses=documented(CREATES),
)
async def create_key(
    body: KeyBody,
    caller: KeysCaller,
    services: Provided,
    once: Once,
) -> Response:
    """The key is shown in this answer and never again. Up to 100 may be live."""
    wish = KeyWish(
        name=body.name, scopes=frozenset(body.scopes), expires_in_days=body.expires_in_days
    )
    work = partial(services.keys.create, caller, wish)
    return await once.answer(
        work, lambda it: json_response(key_with_secret(*it), status=201), in_log=True
    )


@router.post(
    "/keys/{key_id}/rotate",
    operation_id="rotateKey",
    summary="Replace a key",
    response_model=KeyWithSecret,
    response_description="The new key, in full",
    responses=documented(ROTATES),
)
async def rotate_key(
    body: KeyRotationBody,
    caller: KeysCaller,
    services: Provided,
    key_id: str,
    once: Once,
) -> Response:
    """A new key of the same name and scopes; for a day, or as long as asked for, both work.

    It is shown in this answer and never again. A key with more scopes than the one in use cannot
    be replaced with it.
    """
    work = partial(
        services.keys.rotate,
        caller,
        key_id,
        overlap=timedelta(seconds=body.overlap_s),
        expires_in_days=body.expires_in_days,
    )
    return await once.answer(work, lambda it: json_response(key_with_secret(*it)), in_log=True)


@router.delete(
    "/keys/{key_id}",
    operation_id="revokeKey",
    summary="Revoke a key",
    status_code=204,
    response_description="It works no more, within five seconds everywhere",
    responses=documented(READS_ONE),
)
async def revoke_key(
    key_id: str, caller: KeysCaller, services: Provided, change: Repeatable
) -> Response:
    """Safe to repeat. What was accepted with it before (a batch) is done."""
    work = partial(services.keys.revoke, caller.id, key_id)
    return await change.answer(work, lambda _: Response(status_code=204), in_log=True)
