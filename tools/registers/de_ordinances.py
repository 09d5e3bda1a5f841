#!/usr/bin/env python3
"""Prepares German federal ordinances on training (Markdown of bundestag/gesetze) for `examples/mappings/de_ordinances.toml`: a JSON line each.

    python3 tools/registers/de_ordinances.py FOLDER > ordinances.jsonl

What is taken: the title, the duration, the numbered competences of the sections that say what is learned or examined, and the lettered skills of the training plan.
Nothing is filled in: what is not found stays out.
"""

import json
import pathlib
import re
import sys

# Sections that list what is learned; of examinations those that say what is to be shown.
PROFILE = re.compile(r"berufsbild|ausbildungsziel|ziel der ausbildung|fertigkeiten|handlungsbereich|qualifikation|prüfungsbereich|prüfungsteil|inhalt", re.I)
# Those that speak of the examination as a procedure, or of who is let in.
OTHER = re.compile(r"dauer|bestehen|gewichtung|zulassung|befreiung|anrechnung|wiederholung|übergang|inkrafttreten|gliederung der prüfung|gegenstand|zeugnis|ausbildungsrahmenplan", re.I)
PLAN = re.compile(r"ausbildungsrahmenplan|sachliche gliederung|sachliche und zeitliche gliederung", re.I)
YEARS = {"ein": 12, "eineinhalb": 18, "zwei": 24, "zweieinhalb": 30, "drei": 36, "dreieinhalb": 42, "vier": 48, "fünf": 60}
ITEM = re.compile(r"^\s*(?:\d+\.|[a-z]{1,2}\))\s+(\S.*)$")


def clean(text):
    text = re.sub(r"\[\^f[^\]]*\]", "", text)
    # A word that is cut at the end of a line.
    text = re.sub(r"(\w)-\s+(?!und\b|oder\b|,)([a-zäöüß])", r"\1\2", re.sub(r"\s+", " ", text))
    text = re.sub(r"\(§[^)]*\)", "", text)
    return text.strip(" ,;.*")


def is_text(text):
    return len(text) > 8 and "weggefallen" not in text and not text.endswith("insbesondere:") and bool(re.search(r"[a-zäöü]{4}", text))


def sections(body):
    """Headings with the lines below them."""
    heading, lines = "", []
    for line in body.splitlines():
        if re.match("#{2,4} ", line):
            yield heading, lines
            heading, lines = line.lstrip("# "), []
        else:
            lines.append(line)
    yield heading, lines


def items(lines):
    """The numbered and lettered entries of a section, wherever its lines are wrapped."""
    entry = None
    for line in lines + [""]:
        found = ITEM.match(line)
        if found or not line.strip():
            if entry is not None and (found or entry):
                yield clean(entry)
            entry = found.group(1) if found else None
        elif entry is not None:
            entry += " " + line.strip()


def plan(lines):
    """The lettered skills of a training plan, whose table is a nested list of cells."""
    text = "\n".join(lines)
    cells = [clean(cell) for cell in re.split(r"\n\s*(?:\*\s+)+|\n\s*\n", text)]
    cells = [cell for cell in cells if cell]
    for at, cell in enumerate(cells):
        if re.fullmatch(r"[a-z]{1,2}\)", cell) and at + 1 < len(cells):
            yield cells[at + 1]
        else:
            found = re.match(r"[a-z]{1,2}\) (.+)", cell)
            if found:
                # Several may stand in one cell.
                yield from re.split(r" (?=[b-z]\) )", found.group(1))


def record(path):
    text = path.read_text(encoding="utf-8")
    head, _, body = text[3:].partition("\n---")
    fields = dict(re.findall(r"^(\w+): *(.*)$", head, re.M))
    title = fields.get("Title") or (re.search(r"^# (.*)$", body, re.M) or [None, ""])[1]
    durations, competences, skills = set(), [], []
    for heading, lines in sections(body):
        if re.search(r"dauer", heading, re.I):
            words = " ".join(lines)
            durations |= {word for word in re.findall(r"(?:dauert|beträgt)[^.]{0,60}?\b(\w+) Jahre?\b", words) if word in YEARS}
        is_plan = heading.startswith("Anlage") and PLAN.search(heading)
        if is_plan:
            skills.extend(plan(lines))
        elif "berufsbild" in heading.lower() or PROFILE.search(heading) and not OTHER.search(heading):
            competences.extend(items(lines))
    only = [re.sub(r"^[a-z]\) ", "", text) for text in dict.fromkeys(competences + skills)]
    months = YEARS[durations.pop()] if len(durations) == 1 else None
    occupation = re.search(r"(?:zum|zur) (?:anerkannten Fortbildungsabschluss |anerkannten Abschluss )?(?:Geprüfte[nr]? )?([A-ZÄÖÜ][^(]*?)(?: und zur | / |/zur |\s*\(|$)", title)
    return {"slug": path.stem, "abbreviation": fields.get("jurabk"), "title": title.strip(), "occupation": occupation and occupation[1].strip(),
            "duration": months and f"P{months}M", "competences": [text for text in only if is_text(text)]}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.md")):
        print(json.dumps(record(path), ensure_ascii=False))


if __name__ == "__main__":
    main()
