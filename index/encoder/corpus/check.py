#!/usr/bin/env python3
"""check.py ESCO_FOLDER FILE... : verifies the corpus files and prints their counts; exit status 1 if anything is wrong.

ESCO_FOLDER holds ESCO 1.1.1's skills_en.csv and occupations_en.csv. The checks: form and order of the keys, languages, kinds,
that each id exists in ESCO, that a text has one meaning, the rule of the two sets, the order of the lines, that what an ad or a CV
is said to ask, claim, deny or wish stands in its text. Give all files in one call: some checks compare files.
"""
import collections, csv, hashlib, json, os, re, sys, unicodedata

LANGS = "en de fr es nl it pl sv da pt fi cs".split()
KINDS = "task soft language licence tool knowledge silent lookalike".split()
LINE = "lang kind text uris line set same occupation form level note".split()
AD = "id lang set sector isco occupations text asks silent denied".split()
CV = "id lang set form text occupations claims denied wished silent".split()
ITEM = "text uris kind requirement cefr native".split()
csv.field_size_limit(10**9)

bad = 0
counts = collections.Counter()
meaning = {}  # normalised text -> (ids, thing, where)
texts = {}  # (lang, normalised text) -> where


def wrong(where, *what):
    global bad
    bad += 1
    print(where, *what)


def ids(folder):
    known = set()
    for name, short in (("skills_en.csv", "s:"), ("occupations_en.csv", "o:")):
        with open(os.path.join(folder, name), encoding="utf8") as f:
            for row in csv.DictReader(f):
                known.add(short + row["conceptUri"].rsplit("/", 1)[1])
    return known


def norm(text):
    """Lower case, no accents, only words: two lines that are equal under this say the same."""
    for a, b in (("ø", "o"), ("ł", "l"), ("æ", "ae"), ("ß", "ss"), ("đ", "d")):
        text = text.lower().replace(a, b)
    text = unicodedata.normalize("NFD", text)
    text = "".join(c for c in text if not unicodedata.combining(c))
    return " ".join(re.findall(r"[\w+#]+", text))


def thing(line):
    """The id without its wording letter: c1-204b -> c1-204, c1-388t12 -> c1-388."""
    return re.match(r"[a-z]\d-\d+", line).group(0)


def order(line):
    """Author, number, wording letter, wording number."""
    author, number, letter, wording = re.match(r"([a-z]\d)-(\d+)([a-z]?)(\d*)$", line).groups()
    return author, int(number), letter, int(wording or 0)


def side(name):
    """A quarter of the things, by the last hexadecimal digit of their SHA-256, is the check set."""
    return "check" if hashlib.sha256(name.encode()).hexdigest()[-1] in "048c" else "train"


def keys(where, row, allowed, need):
    if list(row) != [k for k in allowed if k in row]:
        wrong(where, "keys or their order", list(row))
    for k in need:
        if k not in row:
            wrong(where, "lacks", k)


def known_ids(where, values, known, kind):
    if len(values) != len(set(values)):
        wrong(where, "an id twice")
    for v in values:
        if not v.startswith(kind) or v not in known:
            wrong(where, "unknown id", v)


def clean(where, text):
    if text != text.strip() or not text:
        wrong(where, "blank or blanks around the text")
    if text != unicodedata.normalize("NFC", text):
        wrong(where, "not NFC")
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f]", text):
        wrong(where, "control character")


def line(where, row, known):
    keys(where, row, LINE, LINE[:6])
    clean(where, row["text"])
    if row["lang"] not in LANGS or row["kind"] not in KINDS:
        wrong(where, "language or kind", row["lang"], row["kind"])
    known_ids(where, row["uris"], known, "s:")
    if row["kind"] == "silent" and row["uris"]:
        wrong(where, "a silent line with ids")
    if row["kind"] not in ("silent", "lookalike") and not row["uris"]:
        wrong(where, "no id")
    if "occupation" in row:
        known_ids(where, [row["occupation"]], known, "o:")
    if "level" in row and "uri" in row["level"]:
        known_ids(where, [row["level"]["uri"]], known, "s:")
    if row.get("form", "ad") not in ("ad", "cv", "course"):
        wrong(where, "form", row["form"])
    name = row.get("same", thing(row["line"]))
    if row["set"] != side(name):
        wrong(where, "set", row["set"])
    key = norm(row["text"]) or row["text"]
    if (row["lang"], key) in texts:
        wrong(where, "same text as", texts[row["lang"], key])
    texts[row["lang"], key] = where
    seen = meaning.setdefault(key, (set(row["uris"]), name, where))
    if seen[0] != set(row["uris"]):
        wrong(where, "same text, other ids than", seen[2])
    if seen[1] != name:
        wrong(where, "same text, but another thing than", seen[2])


def paper(where, row, known):
    ad = "asks" in row
    keys(where, row, AD if ad else CV, AD if ad else CV)
    if row["lang"] not in LANGS or row["lang"] != row["id"].split("-")[1]:
        wrong(where, "language", row["lang"])
    if row["set"] != ("check" if row["id"][-1] in "48" else "train"):
        wrong(where, "set", row["set"])
    for o in row["occupations"]:
        known_ids(where, o["uris"] if isinstance(o, dict) else [o], known, "o:")
        if isinstance(o, dict) and o["words"] not in row["text"]:
            wrong(where, "occupation not in the text", o["words"])
    for name in ("asks", "claims", "denied", "wished", "silent"):
        for a in row.get(name, []):
            a = a if isinstance(a, dict) else {"text": a}
            keys(where, a, ITEM, ["text"])
            known_ids(where, a.get("uris", []), known, ("s:", "o:") if name == "wished" else "s:")
            if a["text"] not in row["text"]:
                wrong(where, name, "not in the text", a["text"][:60])


def main():
    known = ids(sys.argv[1])
    for path in sys.argv[2:]:
        file, last = os.path.basename(path), None
        with open(path, encoding="utf8") as f:
            for number, text in enumerate(f, 1):
                where = f"{file}:{number}"
                row = json.loads(text)
                if json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" != text:
                    wrong(where, "not in the compact form")
                if "line" in row:
                    line(where, row, known)
                    place = order(row["line"]), LANGS.index(row["lang"])
                else:
                    paper(where, row, known)
                    author, lang, n = row["id"].split("-")
                    place = author, LANGS.index(lang), int(n)
                if last is not None and place < last:
                    wrong(where, "not in order")
                last = place
                counts[file, row.get("kind", "ad" if "asks" in row else "cv"), row["lang"]] += 1
                counts[file, "set", row["set"]] += 1
    table = collections.defaultdict(dict)
    for (file, kind, lang), n in counts.items():
        table[file, kind][lang] = n
    for (file, kind), row in sorted(table.items()):
        print(file, kind, sum(row.values()), *(f"{k} {row[k]}" for k in LANGS + ["train", "check"] if k in row))
    print("bad", bad)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
