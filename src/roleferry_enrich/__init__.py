"""RoleFerry Enrich: every data provider at once, every field with its source."""

__version__ = "0.1.0"
