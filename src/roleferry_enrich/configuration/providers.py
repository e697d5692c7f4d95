"""What an operator may set for any one provider."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    SecretStr,
)

from roleferry_enrich.configuration.environment import DELIMITER, PREFIX
from roleferry_enrich.configuration.texts import HttpUrl, each_secret, no_placeholder, windows
from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.providers.contract import Window
from roleferry_enrich.providers.routines import ROUTINE_ID, Routine, RunsRoutine, inputs_named

_OF_ROUTINES = frozenset({"routine", "routine_inputs", "routine_webhook"})


class ProviderSettings(BaseModel):
    """What may be set for any one provider; unset means what its adapter says."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    api_key: Annotated[SecretStr, AfterValidator(no_placeholder)] | None = None
    base_url: HttpUrl | None = None
    enabled: bool | None = None
    """Unset: enabled if its key is set or it needs none."""
    permits: Annotated[tuple[InstanceOf[Window], ...] | None, BeforeValidator(windows)] = None
    price: int | None = Field(default=None, ge=0)
    """Micro-dollars per credit."""
    timeout_s: float | None = Field(default=None, gt=0, le=120)
    concurrency: int | None = Field(default=None, ge=1, le=10_000)
    """Calls under way at once, from all processes together."""
    routine: Annotated[str, Field(pattern=ROUTINE_ID)] | None = None
    """Which of the customer's own routines is run; only where the adapter runs one."""
    routine_inputs: Annotated[tuple[tuple[str, str], ...] | None, BeforeValidator(inputs_named)] = (
        None
    )
    """The routine's own names of its inputs, each with the key that goes there."""
    routine_webhook: Annotated[str, Field(pattern=ROUTINE_ID)] | None = None
    """The provider's id of its webhook that tells us of a run that is done."""

    @property
    def keys(self) -> tuple[SecretStr, ...]:
        """Two may be given, with a comma, so that one can be replaced while both work."""
        return each_secret(self.api_key)

    @property
    def timeout(self) -> timedelta | None:
        return None if self.timeout_s is None else timedelta(seconds=self.timeout_s)

    @property
    def own_routine(self) -> Routine | None:
        if self.routine is None:
            return None
        if self.routine_inputs is None:
            return Routine(self.routine, webhook=self.routine_webhook)
        return Routine(self.routine, self.routine_inputs, self.routine_webhook)


def check_provider(name: str, provider: ProviderSettings) -> None:
    """Raises ValueError where the adapter cannot be as it is set."""
    adapter = catalogue().get(name)
    setting = f"{PREFIX}PROVIDERS{DELIMITER}{name.upper()}{DELIMITER}"
    if adapter is None:
        raise ValueError(f"{setting}*: there is no such provider")
    if not isinstance(adapter, RunsRoutine) and provider.model_fields_set & _OF_ROUTINES:
        raise ValueError(f"{setting}ROUTINE: this provider runs none")
    if provider.enabled and adapter.spec.authenticate is not None and not provider.keys:
        raise ValueError(f"{setting}ENABLED is true, but {setting}API_KEY is not set")


def provider_names() -> Mapping[str, frozenset[str]]:
    """The variables of each provider."""
    return {
        name: frozenset(
            DELIMITER.join((f"{PREFIX}PROVIDERS", name.upper(), field.upper()))
            for field in ProviderSettings.model_fields
            if isinstance(adapter, RunsRoutine) or field not in _OF_ROUTINES
        )
        for name, adapter in catalogue().items()
    }
