#!/usr/bin/env python3
"""Prepares the tables of a Dutch order on qualification files (Markdown) for `examples/mappings/nl_qualifications.toml`: CSV.

    python3 tools/registers/nl_qualifications.py BWBR0036352.md > kwalificaties.csv

A row of the result is a qualification with its sector, which stands in a row of its own in the source; `---` is an empty cell.
"""

import csv
import re
import sys

COLUMNS = ["Crebo", "Kwalificatie", "Kwalificatiedossier", "Niveau", "Soort opleiding", "Leerweg", "Domein"]


# Where what stands in a row, by its number of cells and by how the header begins; the headers of two orders name their columns in another order.
LAYOUTS = {
    ("Crebonummer", 10): {"Kwalificatiedossier": 2, "Crebo": 3, "Kwalificatie": 4, "Niveau": 5, "Soort opleiding": 7, "Leerweg": 9},
    ("Overzicht", 10): {"Crebo": 2, "Kwalificatie": 3, "Soort opleiding": 4, "Leerweg": 5, "Niveau": 6},
    ("", 7): {"Kwalificatiedossier": 1, "Crebo": 2, "Kwalificatie": 3, "Niveau": 4},
}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    out = csv.writer(sys.stdout, delimiter=";")
    out.writerow(COLUMNS)
    kind, sector, seen = "", "", set()
    for line in open(sys.argv[1], encoding="utf-8"):
        if not line.startswith("|"):
            continue
        cells = [re.sub(r"\s+", " ", cell.strip(" *\n")) for cell in line.strip().strip("|").split("|")]
        cells = ["" if set(cell) <= set("-:") else cell for cell in cells]
        if "Niveau" in cells:
            kind = cells[0].split(" ")[0] if cells[0].startswith(("Crebonummer", "Overzicht")) else ""
        found = re.search(r"\d+\. (\D+?)[ *]*\d*$", " ".join(cells[:2]).strip())
        if found and ("domein" in line or len(cells) == 1):
            sector = found[1].strip()
        layout = LAYOUTS.get((kind, len(cells)))
        if not layout or "Niveau" in cells:
            continue
        row = {name: cells[at] for name, at in layout.items()}
        code = re.sub(r"\D", "", row["Crebo"])
        if row["Kwalificatie"] and row["Niveau"].isdigit() and code and code not in seen:
            seen.add(code)
            out.writerow([code if name == "Crebo" else sector if name == "Domein" else row.get(name, "") for name in COLUMNS])


if __name__ == "__main__":
    main()
