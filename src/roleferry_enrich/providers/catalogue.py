"""Finds the adapters: every module of this package that defines a `Provider` with a `spec`.

Nothing else lists the providers: settings, sandbox routes, tables and metric labels ask here.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

import roleferry_enrich.providers as package
from roleferry_enrich.providers.contract import Provider


def catalogue(package: ModuleType = package) -> Mapping[str, Provider]:
    """All providers by name, in the order of their names."""
    found = {provider.spec.name: provider for provider in _discover(package)}
    return MappingProxyType(dict(sorted(found.items())))


def _discover(package: ModuleType) -> Iterator[Provider]:
    for entry in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        for _, member in inspect.getmembers(module, inspect.isclass):
            defined_here = member.__module__ == module.__name__
            if defined_here and issubclass(member, Provider) and hasattr(member, "spec"):
                yield member()
