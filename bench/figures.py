"""Figures from paired rounds, and how they are written."""

from statistics import median

NONE = "–"


def ratios(ours, theirs):
    """Round by round, ours over theirs."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]


def spread(values):
    """The median and, in brackets, the range: `1.53 (1.49 to 1.60)`."""
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def number(value):
    """Three digits or all before the point: `0.0123`, `1.23`, `123`, `1 234`."""
    if value is None:
        return NONE
    if value >= 1000:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}"


def mebibytes(kib):
    """Kibibytes as whole mebibytes."""
    return NONE if kib is None else number(round(kib / 1024))


def share(ours, theirs):
    """Ours over theirs where both are known."""
    return f"{ours / theirs:.2f}" if ours and theirs else NONE


def table(head, rows):
    """A markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
