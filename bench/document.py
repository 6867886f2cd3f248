"""Tables between marks in a document whose prose stays as it is."""

import re


def put(text, part, table, by="bench/compare.py"):
    """`text` with `table` between the two marks of `part`, which the program `by` writes."""
    start, end = f"<!-- {part}: written by {by} -->", f"<!-- end of {part} -->"
    between = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    if not between.search(text):
        raise ValueError(f"the document has no place for {part}: {start}")
    return between.sub(lambda _: f"{start}\n{table}\n{end}", text)
