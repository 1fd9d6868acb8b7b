"""Cells of a CSV file that no spreadsheet takes for a formula."""


def harmless(text: str) -> str:
    """Text that a spreadsheet takes for text: not for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def plain(cell: str) -> str:
    """A cell without the mark that `harmless` put before it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
