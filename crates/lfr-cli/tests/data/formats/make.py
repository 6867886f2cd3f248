"""Writes one table in eight formats, beside this file: python make.py (pandas, pyarrow, openpyxl, odfpy).

Sixty visits with dates, numbers, categories, truth values and missing cells; the amount of row 41 is far off.
"""

import datetime
import pathlib

import pandas as pd

HERE = pathlib.Path(__file__).parent

rows = range(60)
table = pd.DataFrame(
    {
        "day": [datetime.date(2024, 3, 1) + datetime.timedelta(days=i * 7 % 40) for i in rows],
        "seen": [
            None if i == 30 else datetime.datetime(2024, 3, 1, 8 + i % 9, i * 7 % 60) + datetime.timedelta(days=i)
            for i in rows
        ],
        "amount": [None if i == 12 else 9000.25 if i == 41 else 20 + i * 37 % 100 / 4 for i in rows],
        "count": [None if i % 17 == 5 else i * 3 % 7 for i in rows],
        "colour": [None if i == 8 else ["red", "green", "blue"][i * 5 % 3] for i in rows],
        "paid": [i % 4 != 1 for i in rows],
    }
)
table["day"] = pd.to_datetime(table["day"])
table["count"] = table["count"].astype("Int64")

table.to_csv(HERE / "visits.csv", index=False)
table.to_csv(HERE / "visits.tsv", index=False, sep="\t")
table.to_json(HERE / "visits.jsonl", orient="records", lines=True, date_format="iso")
table.to_json(HERE / "visits.json", date_format="iso")
table.to_json(HERE / "split.json", orient="split", date_format="iso", indent=1)
table.to_parquet(HERE / "visits.parquet", index=False)
table.to_excel(HERE / "visits.xlsx", index=False)
table.to_excel(HERE / "visits.ods", index=False, engine="odf")
