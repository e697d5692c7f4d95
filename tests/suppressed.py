"""A suppression list as a process holds it, for tests of what looks at it."""

from roleferry_enrich.privacy.digests import Digester
from roleferry_enrich.privacy.holding import SuppressionList
from roleferry_enrich.privacy.normal_forms import NormalForm
from roleferry_enrich.storage.suppressions import EVERYWHERE, Loaded

SECRET = b"a secret of these tests"


def held(*forms: NormalForm) -> SuppressionList:
    """The list of who is suppressed for everybody, as read."""
    digester = Digester(SECRET)
    listed = SuppressionList(digester)
    packed = b"".join(sorted(map(digester.of, forms)))
    listed.replace(Loaded(1, {EVERYWHERE: packed}))
    return listed


def suppress(listed: SuppressionList, *forms: NormalForm) -> None:
    """For everybody, from now on."""
    listed.hear([(EVERYWHERE, Digester(SECRET).of(form)) for form in forms])
