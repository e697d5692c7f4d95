"""`python -m roleferry_enrich` is the command line."""

from roleferry_enrich.cli import main

main()
