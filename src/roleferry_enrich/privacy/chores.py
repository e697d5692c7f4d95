"""What a worker does for people's rights, unasked: the second looks, and what is too old."""

import asyncio
from collections.abc import Mapping

import structlog

from roleferry_enrich.errors import ServiceUnavailable
from roleferry_enrich.privacy.erasure import Erasure
from roleferry_enrich.privacy.retention import Retention
from roleferry_enrich.storage.erasures import ErasureRepository

_LOOK_S = 1.0
_RETENTION_S = 600.0
_PIECES_S = 0.2
_AT_ONCE = 10
_log = structlog.get_logger("roleferry_enrich")


async def look_again(erasure: Erasure) -> None:
    """Go through erasures once more when it is time. Until cancelled."""
    receipts = ErasureRepository(erasure.engine)
    while True:
        try:
            for due in await receipts.due(_AT_ONCE):
                await erasure.go_on(due)
        except ServiceUnavailable:
            _log.warning("privacy.erasure.delayed")
        await asyncio.sleep(_LOOK_S)


async def keep_no_longer(retention: Retention) -> None:
    """Delete what is too old: piece by piece, then nothing for a while. Until cancelled."""
    while True:
        gone: Mapping[str, int] = {}
        try:
            gone = await retention.look()
        except ServiceUnavailable:
            _log.warning("privacy.retention.delayed")
        if gone:
            _log.info("privacy.retention", **gone)
        await asyncio.sleep(_PIECES_S if gone else _RETENTION_S)
