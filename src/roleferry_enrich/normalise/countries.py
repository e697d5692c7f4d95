"""Countries by their two letters."""


def parse_country(text: str) -> str | None:
    code = text.strip().upper()
    known = len(code) == 2 and code.isascii() and code.isalpha()
    return code if known else None
