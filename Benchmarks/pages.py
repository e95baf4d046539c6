"""Markdown tables, and the places in pages that are written by machine."""

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

PERFORMANCE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    """The first columns hold text, the others numbers."""
    aligned = ["---"] * texts + ["--:"] * (len(heads) - texts)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, aligned, *rows))


def fill(page: Path, section: str, text: str) -> None:
    """Replaces what stands between the two comments that bear the section's name."""
    start, end = f"<!-- bench {section} -->", "<!-- bench end -->"
    place = re.compile(f"{re.escape(start)}\n.*?{re.escape(end)}", re.DOTALL)
    filled, count = place.subn(lambda _: f"{start}\n\n{text.strip()}\n\n{end}", page.read_text())
    if count != 1:
        sys.exit(f"{page} must have the line {start} once, and {end} after it")
    page.write_text(filled)
