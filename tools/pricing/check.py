#!/usr/bin/env python3
"""Proves that pricing/ holds every price of the reference folder, digit for digit, with its source, and nothing else.

usage: check.py REFERENCE_FOLDER [PRICING_FOLDER]
"""

import argparse
import sys
from pathlib import Path

from layout import MISSING, REGION_COLUMNS, TABLES, cells_of, rds_effective, rows_of, same_rate


def read(path):
    """The cells of a text table: (key, tier_start, region) -> (price, (source, captured), attributes)."""
    keys, unit, legend, head, columns, found = [], None, {}, None, {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            word, *rest = line[1:].split() or [""]
            if word == "key":
                keys = rest
            elif word == "unit":
                unit = rest[0]
            elif word == "source":
                legend[rest[0]] = (rest[1], rest[2])
            continue
        fields = line.split("\t")
        if head is None:
            head = fields
            continue
        row = dict(zip(head, fields, strict=True))
        if fields[0] == "@source":
            columns = row
            continue
        regions = [name for name in head if name == "global" or (name not in keys and "-" in name)]
        for region in regions:
            if row[region] == MISSING:
                continue
            price, _, mark = row[region].partition("@")
            mark = mark or row.get("source") or columns.get(region) or next(iter(legend))
            attributes = {name: row[name] for name in head if name not in keys and name not in regions}
            attributes["unit"] = row.get("unit", unit)
            key = (tuple(row[name] for name in keys), row.get("tier_start", "0"), region)
            if key in found:
                raise ValueError(f"{path.name}: {key} is there twice")
            found[key] = (price, legend[mark], attributes)
    return found


def check_table(table, reference, pricing):
    """Differences between one CSV and its text table, and the number of prices compared."""
    found, wanted, wrong = read(pricing / table.file), {}, []
    for key, tier_start, region, price, provenance, attributes in cells_of(table, reference):
        place = (key, tier_start, region)
        if place not in wanted or wanted[place][1][1] < provenance[1]:
            wanted[place] = (price, provenance, attributes)
    for place, (price, provenance, attributes) in wanted.items():
        if place not in found:
            wrong.append(f"{table.name}: {place} is missing")
            continue
        got = found[place]
        if got[:2] != (price, provenance):
            wrong.append(f"{table.name}: {place} is {got[:2]}, the reference has {(price, provenance)}")
        for name, value in attributes.items():
            if got[2][name] != value:
                wrong.append(f"{table.name}: {place}: {name} is {got[2][name]}, the reference has {value}")
    wrong += [f"{table.name}: {place} is not in the reference" for place in found if place not in wanted]
    return wrong, len(wanted)


def check_derived(reference):
    """The derived columns that pricing/ leaves out must follow from what it keeps."""
    wrong = []
    for row in rows_of(reference, "rds_reserved"):
        if not same_rate(rds_effective(row["upfront_usd"], row["hourly_usd"], row["term"]), row["effective_hourly_usd"]):
            wrong.append(f"rds_reserved: effective rate of {row} does not follow from its parts")
    return wrong


def check_regions(reference, pricing):
    lines = [l for l in (pricing / "regions.tsv").read_text(encoding="utf-8").splitlines() if not l.startswith("#")]
    wanted = {tuple(row[name] for name in REGION_COLUMNS) for row in rows_of(reference, "regions")}
    found = {tuple(line.split("\t")) for line in lines[1:]}
    return [f"regions: {row}" for row in wanted ^ found]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path)
    parser.add_argument("pricing", type=Path, nargs="?", default=Path(__file__).resolve().parents[2] / "pricing")
    arguments = parser.parse_args()
    wrong, total = check_regions(arguments.reference, arguments.pricing) + check_derived(arguments.reference), 0
    for table in TABLES:
        differences, compared = check_table(table, arguments.reference, arguments.pricing)
        wrong += differences
        total += compared
    print("\n".join(wrong[:50]) or "every price is there")
    print(f"{total} prices compared, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
