"""The answer to a dry run."""

from collections.abc import Mapping

from roleferry_enrich.api.answers.evidence import dollars
from roleferry_enrich.api.schemas.plans import CostEstimate, EnrichmentPlan, PlannedQuestion
from roleferry_enrich.domain.plans import CostRange, Plan, PlannedAsk


def plan_answer(plan: Plan) -> EnrichmentPlan:
    options = plan.request.options
    return {
        "dry_run": True,
        "goal": plan.request.goal,
        "strategy": options.strategy,
        "waterfall": options.waterfall.name if options.waterfall else None,
        "asks": [_question(ask) for ask in plan.asks],
        "not_asked": [
            {"provider": one.provider, "capability": one.capability, "reason": one.reason}
            for one in plan.unplanned
        ],
        "cost": cost_estimate(plan.cost),
        "expected_fill": _shares(plan.fill),
    }


def _question(ask: PlannedAsk) -> PlannedQuestion:
    return {
        "provider": ask.provider,
        "capability": ask.capability,
        "step": ask.step,
        "needs": list(ask.needs),
        "chance": round(ask.chance, 3),
        "cost": cost_estimate(ask.cost),
        "expected_fill": _shares(ask.fill),
    }


def cost_estimate(cost: CostRange) -> CostEstimate:
    return {
        "min_usd": dollars(cost.least),
        "expected_usd": dollars(cost.expected),
        "max_usd": dollars(cost.most),
    }


def _shares(shares: Mapping[str, float]) -> dict[str, float]:
    return {name: round(share, 3) for name, share in shares.items()}
