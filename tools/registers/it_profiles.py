#!/usr/bin/env python3
"""Prepares the Italian profiles of AnpalSimo/DB_PLUS2022 (SQL inserts, gzipped or not) for `examples/mappings/it_profiles.toml`: a JSON line each.

    python3 tools/registers/it_profiles.py FOLDER > profili.jsonl

Joins profiles, their competences and the elements of these, by their codes. Texts that the source itself has damaged (`¨` for letters) stay out, but for names, which are better damaged than missing.
"""

import gzip
import json
import pathlib
import re
import sys

VALUE = re.compile(r"'((?:[^']|'')*)'|(TO_DATE\([^)]*\))|(-?[\d.]+)|(NULL)", re.I)


def table(folder, name):
    """The rows of a table, each by its columns; an insert names only those that it fills."""
    path = next(path for path in folder.iterdir() if path.name.split(".")[0] == name)
    text = (gzip.open if path.suffix == ".gz" else open)(path, "rb").read().decode("cp1252", "replace")
    for columns, values in re.findall(r"Insert into \w+\s*\(([^)]*)\)\s*Values\s*\(((?:'(?:[^']|'')*'|[^';])*)\);", text, re.I):
        names = [column.strip() for column in columns.split(",")]
        found = [text.replace("''", "'") if text or not (date or number or null) else number or None for text, date, number, null in VALUE.findall(values)]
        yield dict(zip(names, found))


def said(text):
    text = re.sub(r"[ \t]+", " ", (text or "").replace("\r", "")).strip()
    return None if text in ("", "...") or "¨" in text else text


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    competences = {row["COD_COMPETENZA"]: said(row.get("DES_COMPETENZA")) for row in table(folder, "DEC_COMPETENZE")}
    elements = {row["COD_ELEMENTO"]: said(row.get("DES_ELEMENTO")) for row in table(folder, "DEC_ELEMENTI")}
    of_competence, of_profile = {}, {}
    for row in table(folder, "COMPETENZA_ELEMENTI"):
        of_competence.setdefault(row["COD_COMPETENZA"], []).append(elements.get(row["COD_ELEMENTO"]))
    for row in table(folder, "PROFILO_COMPETENZE"):
        of_profile.setdefault(row["COD_PROFILO"], []).append(row["COD_COMPETENZA"])
    for row in table(folder, "DEC_PROFILI"):
        codes = of_profile.get(row["COD_PROFILO"], [])
        only = lambda texts: [text for text in dict.fromkeys(texts) if text]
        print(json.dumps({
            "codice": row["COD_PROFILO"], "nome": (row.get("DES_PROFILO") or "").strip() or None, "finalita": said(row.get("TXT_FINALITA")), "prerequisiti": said(row.get("TXT_PREREQUISITI")),
            "competenze": only(competences.get(code) for code in codes), "elementi": only(text for code in codes for text in of_competence.get(code, [])),
        }, ensure_ascii=False))


if __name__ == "__main__":
    main()
