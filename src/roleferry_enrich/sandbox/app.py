"""The provider sandbox: every provider's API on one port, over one invented world.

`uvicorn roleferry_enrich.sandbox.app:create_sandbox --factory`. A provider is served under its
name, with its own paths below; what has no voice yet is served from its recorded exchanges.
Beside them stand the services that an installation needs and that know nothing of anybody: mail,
payments, a model.
"""

import time
from collections.abc import Iterable
from importlib import resources

from starlette.applications import Starlette
from starlette.routing import Mount

from roleferry_enrich.providers.catalogue import catalogue
from roleferry_enrich.sandbox import services
from roleferry_enrich.sandbox.controls import Controls
from roleferry_enrich.sandbox.delays import Delays
from roleferry_enrich.sandbox.dice import dice_for
from roleferry_enrich.sandbox.directory import Directory
from roleferry_enrich.sandbox.faults import FaultPlan
from roleferry_enrich.sandbox.front_desk import FrontDesk, House, Rooms
from roleferry_enrich.sandbox.ledger import Ledger
from roleferry_enrich.sandbox.lenses import Lens, lens_for
from roleferry_enrich.sandbox.lies import LyingView
from roleferry_enrich.sandbox.meter import Meters
from roleferry_enrich.sandbox.population import populate
from roleferry_enrich.sandbox.replay import Replay, recorded_in
from roleferry_enrich.sandbox.truth import Truth
from roleferry_enrich.sandbox.views import SeededView
from roleferry_enrich.sandbox.voice import Voice, discovered, lanes_of


def create_sandbox(
    *,
    seed: int = 7,
    companies: int = 500,
    latency: float = 1.0,
    limits: bool = True,
    voices: Iterable[Voice] | None = None,
) -> Starlette:
    """The whole sandbox. `latency`: times the providers' own delays, 0 for none.

    `voices` takes the place of those found in `sandbox.voices`.
    """
    directory = Directory(populate(seed, companies))
    spoken = {voice.NAME: voice for voice in (discovered() if voices is None else voices)}
    speakers = dict(sorted((_replays() | spoken).items()))
    views = {name: SeededView(directory, lens_for(name)) for name in speakers}
    house = _house(seed, latency)
    others = {voice.NAME: voice for voice in discovered(services)}
    everybody = SeededView(directory, Lens(name="services", companies=1.0, people=1.0))
    desks = [
        Mount(f"/{name}", _desk(voice, views.get(name, everybody), house, limits=limits))
        for name, voice in (speakers | others).items()
    ]
    kinds = {name: "voice" if name in spoken else "replay" for name in speakers}
    kinds |= dict.fromkeys(others, "service")
    controls = Controls(directory.population, house.ledger, house.faults, kinds)
    truth = Truth(directory.population, {name: views[name] for name in spoken})
    return Starlette(routes=[*controls.routes(), *truth.routes(), *desks])


def _house(seed: int, latency: float) -> House:
    return House(
        ledger=Ledger(),
        faults=FaultPlan(dice_for(seed, "faults")),
        delays=Delays(dice_for(seed, "delays"), latency),
        clock=time.time,
    )


def _replays() -> dict[str, Voice]:
    folder = resources.files("roleferry_enrich.sandbox") / "exchanges"
    return {
        name: Replay(provider.spec, recorded_in(folder / f"{name}.json"))
        for name, provider in catalogue().items()
    }


def _desk(voice: Voice, view: SeededView, house: House, *, limits: bool) -> FrontDesk:
    lying = LyingView(view)
    rooms = Rooms(Starlette(routes=voice.routes(view)), Starlette(routes=voice.routes(lying)))
    windows, lanes = (voice.WINDOWS, lanes_of(voice)) if limits else ((), {})
    meters = Meters(windows, lanes, house.clock)
    return FrontDesk(voice, view.lens, rooms, house, meters=meters)
