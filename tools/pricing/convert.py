#!/usr/bin/env python3
"""Writes pricing/ from a folder of reference prices. See pricing/README.md for the format.

usage: convert.py REFERENCE_FOLDER [PRICING_FOLDER]
"""

import argparse
import re
import string
import sys
from collections import Counter
from pathlib import Path

from layout import MISSING, REGION_COLUMNS, TABLES, cells_of, rows_of


def natural(key):
    """Sort key that puts db.t3.2xlarge before db.t3.16xlarge."""
    return [[int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)] for text in key]


def collect(table, folder):
    """One entry per row: prices by region, and attributes that hold for all regions."""
    rows, attributes = {}, {}
    for key, tier_start, region, price, provenance, extra in cells_of(table, folder):
        row = (key, int(tier_start))
        known = attributes.setdefault(row, extra)
        if known != extra:
            raise ValueError(f"{table.name}: {key} has {known} in one region and {extra} in {region}")
        cells = rows.setdefault(row, {})
        if region in cells and (table.name != "fargate_spot" or cells[region][1][1] == provenance[1]):
            raise ValueError(f"{table.name}: {key} has two prices in {region}")
        if region not in cells or cells[region][1][1] < provenance[1]:
            cells[region] = (price, provenance)
    return rows, attributes


def commonest(provenances):
    return min(Counter(provenances).items(), key=lambda item: (-item[1], item[0]))[0]


def write(table, folder, out):
    rows, attributes = collect(table, folder)
    regions = sorted({region for cells in rows.values() for region in cells})
    order = sorted(rows, key=lambda row: (natural(row[0]), row[1]))
    everything = [provenance for cells in rows.values() for _, provenance in cells.values()]
    legend = {provenance: string.ascii_lowercase[n] for n, (provenance, _) in enumerate(
        sorted(Counter(everything).items(), key=lambda item: (-item[1], item[0])))}
    main = next(iter(legend))

    # The default of a cell is its row's or its column's commonest provenance, whichever leaves fewer exceptions.
    by_row = {row: commonest(p for _, p in cells.values()) for row, cells in rows.items()}
    by_column = {region: commonest(c[region][1] for c in rows.values() if region in c) for region in regions}
    strays = lambda default: sum(default(row, region) != p for row, cells in rows.items() for region, (_, p) in cells.items())
    choices = {"table": lambda row, region: main, "row": lambda row, region: by_row[row], "column": lambda row, region: by_column[region]}
    style = min(choices, key=lambda name: strays(choices[name]))
    default = choices[style]

    extra = [name for name in ("tier_start", "tier_end", "vcpu", "memory_gib") if name in table.attributes]
    one_unit = {a["unit"] for a in attributes.values()}
    head = list(table.keys) + ([] if len(one_unit) == 1 else ["unit"]) + extra
    head += (["source"] if style == "row" else []) + (["source_item"] if "source_item" in table.attributes else [])

    lines = [f"# {table.title}"] + [f"# {note}" for note in table.notes] + ["#", "# key " + " ".join(table.keys)]
    if len(one_unit) == 1:
        lines.append("# unit " + next(iter(one_unit)))
    lines += [f"# source {mark} {source} {captured}" for (source, captured), mark in legend.items()]
    lines.append("\t".join(head + regions))
    if style == "column":
        lines.append("\t".join(["@source"] + [MISSING] * (len(head) - 1) + [legend[by_column[r]] for r in regions]))
    for row in order:
        facts = dict(attributes[row], source=legend[by_row[row]], **dict(zip(table.keys, row[0])))
        line = [str(facts[name]) for name in head]
        for region in regions:
            if region not in rows[row]:
                line.append(MISSING)
                continue
            price, provenance = rows[row][region]
            line.append(price if provenance == default(row, region) else f"{price}@{legend[provenance]}")
        if any("\t" in text or "\n" in text or not text for text in line):
            raise ValueError(f"{table.name}: {row} holds a tab, a line break or an empty field")
        lines.append("\t".join(line))
    (out / table.file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(rows), len(everything)


def write_regions(folder, out):
    lines = ["# AWS regions: code, location in the Price List, name, prefix of usage types", "#", "\t".join(REGION_COLUMNS)]
    lines += ["\t".join(row[name] for name in REGION_COLUMNS) for row in sorted(rows_of(folder, "regions"), key=lambda r: r["region"])]
    (out / "regions.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reference", type=Path, help="folder with the reference CSV files")
    parser.add_argument("out", type=Path, nargs="?", default=Path(__file__).resolve().parents[2] / "pricing")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    write_regions(arguments.reference, arguments.out)
    for table in TABLES:
        rows, cells = write(table, arguments.reference, arguments.out)
        size = (arguments.out / table.file).stat().st_size
        print(f"{table.name:28} {rows:5} rows {cells:6} prices {size:9,} bytes")


if __name__ == "__main__":
    sys.exit(main())
