#!/usr/bin/env python3
"""Turns three published catalogues into native JSON lines: an example of how to bring in data of one's own shape.

    python3 examples/convert_catalogues.py carpentries carpentries_episodes.jsonl > carpentries.jsonl
    python3 examples/convert_catalogues.py university university_courses.jsonl > university.jsonl
    python3 examples/convert_catalogues.py cedefop cedefop_mapping.jsonl > cedefop.jsonl

The rule: what the source states goes into its field; what it does not state is left out; what it states in a way that may mean something
else goes into `doubts`. Nothing is filled in.
"""

import json
import re
import sys

COUNTRIES = {
    "Austria": "AT", "Belgium": "BE", "Denmark": "DK", "Estonia": "EE", "Finland": "FI", "France": "FR", "Germany": "DE", "Greece": "GR", "Ireland": "IE",
    "Italy": "IT", "Luxembourg": "LU", "Netherlands": "NL", "Norway": "NO", "Poland": "PL", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH",
    "United Kingdom": "GB", "UK": "GB", "Malta": "MT", "Lithuania": "LT", "Czechia": "CZ", "North Macedonia": "MK", "Slovenia": "SI", "Portugal": "PT",
    "Turkey": "TR", "Worldwide": "*", "worldwide": "*", "Global": "*", "global": "*",
}
LANGUAGES = {
    "en": "en", "english": "en", "englisch": "en", "de": "de", "deutsch": "de", "german": "de", "allemand": "de", "danish": "da", "dansk": "da",
    "dutch": "nl", "french": "fr", "fr": "fr", "greek": "el", "ελληνικά": "el", "chinesisch": "zh", "chinois": "zh", "espagnol": "es",
}
# More credits than this are no module but hours, or a whole programme.
ECTS_MAX = 60


def stated(**fields):
    """Only the fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}


def carpentries(rows):
    """34 lessons with their episodes as parts: minutes and objectives are stated for each episode, and added up for the lesson."""
    lessons = {}
    for row in rows:
        lessons.setdefault(row["repo"], []).append(row)
    for repo, episodes in lessons.items():
        part = lambda row: f"carpentries:{repo}/{row['file']}"
        language = "es" if "-es" in repo or repo.endswith("_es") or episodes[0]["lesson"].startswith(("El ", "La ")) else "en"
        say = lambda text: {language: text}
        hours = lambda rows: round(sum(row["teaching_min"] + row["exercise_min"] for row in rows) / 60, 2) or None
        common = stated(homepage=f"https://github.com/{repo}", furtherInformation=f"licence: {episodes[0]['lesson_license']}")
        yield stated(
            id=f"carpentries:{repo}", title=say(episodes[0]["lesson"]), hours=hours(episodes), parts=[part(row) for row in episodes],
            outcomes=[{"text": say(text)} for row in episodes for text in row["objectives"]], **common)
        for row in episodes:
            yield stated(
                id=part(row), title=say(row["title"]), hours=hours([row]), partOf=[f"carpentries:{repo}"],
                outcomes=[{"text": say(text)} for text in row["objectives"]], **common)


def credits(listed, country):
    """ECTS where one number is stated; a doubt where there are several, or where the country has credits of its own."""
    values = set()
    for text in listed:
        number = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(?:ECTS|CP|Credits)?", text.strip())
        if not number:
            return None, "is no single number of credits"
        values.add(float(number.group(1).replace(",", ".")))
    if len(values) != 1:
        return None, "several numbers, and not stated which of them are the credits"
    value = values.pop()
    if country == "GB":
        return None, "a British university: these are probably British credits, of which two are one of ECTS"
    if value > ECTS_MAX:
        return None, "more than a year of study: these are probably hours, or a whole programme"
    return value, None


def outcomes(text):
    """The lines of a text; in the source line feeds stand as backslash and n."""
    pieces = re.split(r"\\n|\n|•|;\s", text or "")
    seen = dict.fromkeys(piece.strip(" -*·\t") for piece in pieces)
    return [piece for piece in seen if len(piece) > 8]


def university(rows):
    """946 modules. The machine-made ESCO links of the source are left out; outcomes are linked when the catalogue is built."""
    for row in rows:
        words = re.split(r"[,/]|\b(?:and|or|und|oder)\b", (row["language"] or "").lower())
        languages = [LANGUAGES.get(word.strip()) for word in words if word.strip()]
        doubts = []
        if None in languages:
            doubts.append({"field": "languages", "reason": f"stated as {row['language']!r}"})
            languages = [language for language in languages if language]
        country = COUNTRIES.get(row["country"])
        ects, why = None, None
        listed = [text for text in json.loads(row["ects_list"]) if text not in ("null", "N/A")]
        if listed:
            ects, why = credits(listed, country)
        if why:
            doubts.append({"field": "ects", "reason": f"stated as {', '.join(listed)!r}: {why}"})
        prerequisites = (row["prerequisites"] or "").replace("\\n", " ").strip()
        yield stated(
            id=f"university:{row['course_id']}", title=row["lesson_name"], description=(row["description"] or row["course_content"] or "").replace("\\n", "\n"),
            outcomes=[{"text": text} for text in outcomes(row["learning_outcomes"] or row["objectives"])], provider=row["university"], country=country,
            languages=list(dict.fromkeys(languages)), ects=ects, entryRequirements=prerequisites, homepage=row["website"], doubts=doubts)


def cedefop(rows):
    """44 microcredentials of manufacturing and retail. "NS" is not stated."""
    said = lambda text: None if text in (None, "", "NS") else text
    for row in rows:
        country = [COUNTRIES.get(name.strip()) for name in re.split(r",\s*(?:and\s)?|/|\sand\s", row["country"])]
        doubts = [{"field": "country", "reason": f"stated as {row['country']!r}"}] if None in country else []
        country = [code for code in country if code]
        outcome = said(row["example_learning_outcome"])
        standard = said(row["standards"])
        if standard == "Yes":
            standard = doubts.append({"field": "standards", "reason": "stated as 'Yes': names none"})
        # One amount and nothing else is a price; a range, or a price with conditions, stays in words.
        price = re.fullmatch(r"([A-Z]{3}) (\d[\d ]*(?:\.\d+)?)", said(row["cost_or_funding"]) or "")
        cost = {"currency": price.group(1), "amount": float(price.group(2).replace(" ", ""))} if price else None
        note = None if price else said(row["cost_or_funding"])
        yield stated(
            id=row["id"], title={"en": row["title"]}, country=country, sector=row["sector"], assessment=said(row["assessment"]),
            stackability=said(row["stackability"]), standards=[standard] if standard else [], cost=cost, costNote=note,
            outcomes=[{"text": {"en": outcome}}] if outcome else [], doubts=doubts)


def main():
    readers = {"carpentries": carpentries, "university": university, "cedefop": cedefop}
    if len(sys.argv) != 3 or sys.argv[1] not in readers:
        sys.exit(__doc__)
    with open(sys.argv[2], encoding="utf-8") as lines:
        for credential in readers[sys.argv[1]](json.loads(line) for line in lines if line.strip()):
            print(json.dumps(credential, ensure_ascii=False))


if __name__ == "__main__":
    main()
