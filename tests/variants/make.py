#!/usr/bin/env python3
"""Writes the variants: their input files and expected.json. What is right stands here, with its reason."""
import base64, hashlib, json, os, shutil, struct, zlib
HERE = os.path.dirname(os.path.abspath(__file__))
U = "http://data.europa.eu/esco/skill/"
CASH, COMPL, SELL = U + "0cb013af-6dd9-4fb2-b34e-63dda1a5cf82", U + "28d715e3-3e5b-4fb6-8dd2-4be4919c8587", U + "29a50780-f81b-429c-b410-7f23a492e19d"
CASHWORDS = "Operate the cash register"


def variant(case, name, kind, steps, files=None, source=None):
    d = f"{HERE}/{case}/{name}"
    os.makedirs(d, exist_ok=True)
    for f, content in (files or {}).items():
        if isinstance(content, (dict, list)):
            content = json.dumps(content, ensure_ascii=False, indent=1)
        if isinstance(content, str):
            content = content.encode("utf8")
        with open(f"{d}/{f}", "wb") as h:
            h.write(content)
    e = {"kind": kind, "steps": steps}
    if source:
        e["source"] = source
    with open(f"{d}/expected.json", "w", encoding="utf8") as h:
        json.dump(e, h, ensure_ascii=False, indent=1)


def value(id, path, right, why, file=None, line=None, quotes=(), strict=False):
    v = {"id": id, "path": path.split("."), "right": right if isinstance(right, list) else [right], "quotes": list(quotes)}
    if file:
        v["file"], v["line"] = file, line
    if strict:
        v["strict"] = True
    return {"value": v, "why": why}


def skill(ad, names, state, why, **more):
    return {"skill": {"ad": ad, "labels": names if isinstance(names, list) else [names], "state": state, **more}, "why": why}


def gap(n, label, state, why):
    return {"gap": {"n": n, "label": label, "state": state if isinstance(state, list) else [state]}, "why": why}


def jsonl(*texts, **named):
    rows = [{"id": str(i + 1), "text": t} for i, t in enumerate(texts)] + [{"id": k, "text": t} for k, t in named.items()]
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)


COST, HOURS, ECTS = "cost.amount", "workload.hours", "workload.ects"
PY, ENG, GER, FRE = r"Python.*", r"(.* in )?English|.*\bEnglish\b.*", r".*\bGerman\b.*", r".*\bFrench\b.*"
PROG = [r".*\(computer programming\)", "R", r"C\+\+", "C#", "JavaScript", "computer programming", "Visual Basic", "Perl", "Scala", "PHP", "Groovy", "Haskell", "Objective-C", "TypeScript", "Erlang", "Lisp", "Common Lisp", "COBOL", "ABAP", "MATLAB", "Go"]
SHOP = ["operate cash register", "handle customer complaints", "sell products", "organise product display", "maintain customer service"]
MISSING, PARTLY, MET = "MISSING", "PARTLY", "MET"


# ---------------------------------------------------------------- 1 csv-thousands-separator
C = "csv-thousands-separator"
K = "thousands read as decimals, in other locales' spellings"

f = "kursy.csv"
variant(C, "pl-nbsp-thousands", K, [{"do": "catalogue", "files": [f], "assert": [
    value("a", COST, 1200, "'1 200,00' with a no-break space (LibreOffice, pl_PL) is 1200", f, 2, ["1 200,00", "1 200,00"]),
    value("a", HOURS, 1000, "'1 000' hours with a no-break space is 1000", f, 2, ["1 000", "1 000"]),
    value("b", COST, 49.99, "'49,99' is 49.99; no other reading", f, 3, ["49,99"], strict=True),
    value("c", COST, 2500.5, "'2 500,50' with a narrow no-break space (U+202F) is 2500.5", f, 4, ["500,50"]),
]}], {f: "\ufeff" + "id;title;costAmount;costCurrency;hours;languages\r\na;Spawanie MAG;1\u00a0200,00;PLN;1\u00a0000;pl\r\nb;Kasa fiskalna;49,99;PLN;16,5;pl\r\nc;Kurs łączony;2\u202f500,50;PLN;120;pl\r\n"})

f = "kurse-ch.csv"
variant(C, "ch-apostrophe", K, [{"do": "catalogue", "files": [f], "assert": [
    value("a", COST, 1200.5, "1'200.50 is 1200.50 (de_CH groups with an apostrophe)", f, 2, ["1'200.50"]),
    value("a", HOURS, 1000, "1'000 hours are 1000", f, 2, ["1'000"]),
    value("b", COST, 1200, "1’200.00 with U+2019, which Excel writes in de_CH", f, 3, ["1’200.00"]),
    value("c", COST, 95, "95.00 is 95", f, 4, strict=True),
]}], {f: "id;title;costAmount;costCurrency;hours;languages\r\na;Schweissen;1'200.50;CHF;1'000;de\r\nb;Löten;1’200.00;CHF;40;de\r\nc;Kasse;95.00;CHF;8;de\r\n"})

f = "courses-uk.csv"
variant(C, "en-decimal-points", K, [
    {"do": "catalogue", "files": [f], "assert": [
        value("a", COST, 1200, "in a file with decimal points, '1,200' can only be 1200; refused or doubted is right, too; never 1.2", f, 2, ["1,200"]),
        value("a", HOURS, 1000, "'1,000' hours in the same file", f, 2, ["1,000"]),
        value("b", COST, 1250, "'1,250.00' has one reading", f, 3, ["1,250.00"]),
        value("c", COST, 80, "80.00 is 80", f, 4, strict=True),
        value("c", HOURS, 16.5, "16.5 hours", f, 4, strict=True)]},
    {"do": "recommend", "base": "starter", "files": [f], "requests": [{"ad": "Your tasks\n- Operate the cash register", "constraints": {"costMax": {"amount": 100, "currency": "GBP"}}}],
     "assert": [{"path": ["answers", 0, "recommendations", "*", "credentialId"], "values": ["c"], "why": "at most 100 GBP: the course of 80, and neither of 1200 nor 1250"}]}],
    {f: "id,title,outcomes,costAmount,costCurrency,hours\na,Welding,Operate the cash register,\"1,200\",GBP,\"1,000\"\nb,Combined,Operate the cash register,\"1,250.00\",GBP,120\nc,Till,Operate the cash register,80.00,GBP,16.5\n"})

f = "undecided.csv"
no = lambda id, path, bad, why: {"not": {"path": ["records", id, *path.split(".")], "equals": bad}, "why": why}
variant(C, "nothing-decides", K, [{"do": "catalogue", "files": [f], "assert": [
    no("a", COST, 1.2, "1.200 alone is never taken for 1.2"), no("b", COST, 1.2, "1,200 alone is never taken for 1.2"), no("c", HOURS, 1, "1.000 hours alone are never 1"),
    {"any": [{"refused": {"file": f, "line": 2}}, {"doubt": {"id": "a", "quotes": ["1.200"]}}], "why": "1.200 alone may mean two things: told with its line, or a doubt that quotes it"},
    {"any": [{"refused": {"file": f, "line": 3}}, {"doubt": {"id": "b", "quotes": ["1,200"]}}], "why": "1,200 alone: the same"},
    value("d", COST, 300, "300 is 300, whatever stands in other rows", f, 5, strict=True)]}],
    {f: "id;title;costAmount;costCurrency;hours\na;A;1.200;EUR;40\nb;B;1,200;EUR;40\nc;C;300;EUR;1.000\nd;D;300;EUR;40\n"})

f = "corsi.tsv"
variant(C, "tab-and-decimals-in-another-column", K, [{"do": "catalogue", "files": [f], "assert": [
    value("a", COST, 1200, "the ECTS of the file have a decimal comma, so that the point of 1.200 separates thousands", f, 2, strict=True),
    value("a", HOURS, 1500, "1.500 hours in the same file are 1500", f, 2, strict=True),
    value("a", ECTS, 60, "60 ECTS", f, 2, strict=True),
    value("b", ECTS, 2.5, "2,5 ECTS", f, 3, strict=True)]}],
    {f: "id\ttitle\tcostAmount\tcostCurrency\thours\tects\tlanguages\na\tSaldatura\t1.200\tEUR\t1.500\t60\tit\nb\tCassa\t90\tEUR\t62,5\t2,5\tit\n"})

f = "cursos.csv"
variant(C, "pt-minimum-and-large-prices", K, [{"do": "catalogue", "files": [f], "assert": [
    value("a", COST, 12500, "12.500,00 has one reading: a point before a comma separates thousands", f, 2, ["12.500,00"]),
    value("b", COST, 1200, "1200,00 has one reading", f, 3, strict=True),
    value("c", COST, 1200.5, "1.200,50 has one reading", f, 4, ["1.200,50"]),
    value("d", COST, 1234567.89, "1.234.567,89: two points can only separate thousands", f, 5, ["1.234.567,89"])]}],
    {f: "id;title;costAmount;costCurrency;languages\na;Mestrado;12.500,00;EUR;pt\nb;Soldadura;1200,00;EUR;pt\nc;Caixa;1.200,50;EUR;pt\nd;Escola;1.234.567,89;EUR;pt\n"})

# ---------------------------------------------------------------- 2 csv-crlf-line-numbers
C, K = "csv-crlf-line-numbers", "line numbers that whoever opens the file finds"


def at(file, line, text, why):
    return {"refused": {"file": file, "line": line, "text": text}, "why": why}


f = "quoted.csv"
body = 'id;title;description;hours\r\nok;Kurs;"zwei\r\nZeilen";4\r\na;Kurs A;x;q\r\nb;Kurs B;5;6;7\r\n'
variant(C, "crlf-with-quoted-line-break", K, [{"do": "check", "files": [f], "assert": [
    at(f, 4, "hours", "row a begins in line 4: line 2 and 3 are one row with a line break in a cell"), at(f, 5, "5 cells|cells", "row b stands in line 5"),
    {"path": ["records", "ok"], "present": True, "why": "the row with the line break goes in"}]}], {f: body})
f = "quoted-lf.csv"
variant(C, "lf-with-quoted-line-breaks", K, [{"do": "check", "files": [f], "assert": [
    at(f, 6, "hours", "row a stands in line 6, behind a row of four lines"), {"path": ["records", "ok"], "present": True, "why": "the row with line breaks goes in"}]}],
    {f: 'id;title;description;hours\nok;Kurs;"a\nb\n\nc";4\na;Kurs A;x;q\n'})
f = "excel-unicode.txt"
variant(C, "utf16-tabs-crlf", K, [{"do": "check", "files": [f], "assert": [
    at(f, 2, "hours", "row a in line 2 of Excel's 'Unicode text'"), at(f, 3, "cells", "row b in line 3"), at(f, 5, "hours", "row c in line 5, after an empty line")]}],
    {f: "\ufeffid\ttitle\thours\r\na\tKurs A\tq\r\nb\tKurs B\t5\t6\t7\r\n\r\nc\tKürs C\tw\r\n".encode("utf-16-le")})
f = "mixed.csv"
variant(C, "mixed-endings-and-empty-lines", K, [{"do": "check", "files": [f], "assert": [
    at(f, 2, "hours", "row a"), at(f, 4, "hours", "row b after an empty line (CR LF)"), at(f, 6, "cells", "row c after an empty line (LF)")]}],
    {f: "\ufeffid,title,hours\r\na,A,q\n\r\nb,B,q\r\n\nc,C,1,2,3\n"})
f = "courses.jsonl"
variant(C, "jsonl-crlf", K, [{"do": "check", "files": [f], "assert": [
    at(f, 2, "", "a record without a title, in line 2"), at(f, 4, "", "a broken line, in line 4, after an empty one"),
    {"path": ["records", "ok"], "present": True, "why": "line 1 goes in"}, {"path": ["records", "ok2"], "present": True, "why": "line 5 goes in"}]}],
    {f: '{"id":"ok","title":"T"}\r\n{"id":"b"}\r\n\r\n{"id":"c","title":\r\n{"id":"ok2","title":"T"}\r\n'})
f = "mac.csv"
variant(C, "cr-only", K, [{"do": "check", "files": [f], "assert": [
    {"any": [{"all": [{"refused": {"file": f, "line": 2}}, {"refused": {"file": f, "line": 3}}]}, {"all": [{"refused": {"file": f}}, {"path": ["count"], "equals": 0}]}],
     "why": "lines end with CR alone (Excel's 'CSV (Macintosh)'): rows in lines 2 and 3, or the file is refused with a reason; not one header and nothing else, without a word"}]}],
    {f: "id;title;hours\ra;Kurs A;q\rb;Kurs B;5;6;7\r"})

# ---------------------------------------------------------------- 3 csv-skills-that-are-no-uris
C, K = "csv-skills-that-are-no-uris", "declared links that are no URIs, or URIs written otherwise"


def links(id, uris, file, line, quotes, why):
    """All these links; or refused by line; or in doubt."""
    ok = {"all": [{"teaches": {"id": id, "uri": u}} for u in uris]}
    return {"any": [ok, {"refused": {"file": file, "line": line}}, {"doubt": {"id": id, "quotes": quotes}}], "why": why}


clean = {"clean_links": "known", "why": "no link but URIs of ESCO skills, and none counted as of another ESCO version"}
f = "kursy.csv"
variant(C, "two-uris-semicolon-in-a-comma-file", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [clean,
    links("a", [CASH, COMPL], f, 2, [CASH, "0cb013af"], "two URIs with '; '"), links("b", [CASH, COMPL], f, 3, [CASH, "0cb013af"], "two URIs with a blank between"),
    links("c", [CASH], f, 4, ["cash register"], "a URI with its label behind it")]}],
    {f: f'id,title,skills\na,A,"{CASH}; {COMPL}"\nb,B,{CASH} {COMPL}\nc,C,"{CASH} (operate cash register)"\n'})
f = "courses.csv"
variant(C, "pipe-newline-and-crlf-in-cell", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [clean] + [
    {"teaches": {"id": i, "uri": u}, "why": f"{w} (formats.md: entries are separated by | or line feeds within a quoted cell)"} for i, w in (("a", "pipe"), ("b", "pipe with blanks"), ("c", "line break of CR LF in a cell"), ("d", "an empty last entry")) for u in (CASH, COMPL)]}],
    {f: f'id,title,skills\r\na,A,{CASH}|{COMPL}\r\nb,B, {CASH} | {COMPL} \r\nc,C,"{CASH}\r\n{COMPL}"\r\nd,D,{CASH}|{COMPL}|\r\n'})
f = "portal.csv"
Q = "https://esco.ec.europa.eu/en/classification/skill?uri=" + CASH
variant(C, "addresses-of-the-portal", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [clean,
    links("a", [CASH], f, 2, [Q, "esco.ec.europa.eu"], "the address of the skill's page in the ESCO portal, which names the URI"),
    links("b", [CASH], f, 3, ["https://data.europa.eu"], "https for http: the same skill to everybody, but another URI (RFC 3986, 6.2.2)"),
    links("c", [CASH], f, 4, ["0CB013AF"], "upper case: equal only after normalisation"),
    links("d", [CASH], f, 5, ["cf82/"], "a slash behind it"),
    links("e", [CASH], f, 6, ["skill:0cb013af", "esco:"], "a CURIE")]}],
    {f: f"id,title,skills\na,A,{Q}\nb,B,{CASH.replace('http:', 'https:')}\nc,C,{U}0CB013AF-6DD9-4FB2-B34E-63DDA1A5CF82\nd,D,{CASH}/\ne,E,esco:skill:0cb013af-6dd9-4fb2-b34e-63dda1a5cf82\n"})
f = "other.csv"
OCC, ISCO = "http://data.europa.eu/esco/occupation/45037d43-a8f5-4f46-b332-b2935bc305f4", "http://data.europa.eu/esco/isco/C5230"
told = lambda id, file, line, quotes, why: {"any": [{"refused": {"file": file, "line": line}}, {"doubt": {"id": id, "quotes": quotes}}], "why": why}
variant(C, "other-concepts-than-skills", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [clean,
    told("a", f, 2, [OCC, "occupation"], "an occupation of ESCO is no skill"), told("b", f, 3, [ISCO, "isco"], "an ISCO group"),
    told("c", f, 4, ["S1.8.1"], "a code of the skills hierarchy"), told("d", f, 5, ["n/a"], "'n/a'"), told("e", f, 6, ["Kundenservice"], "German words"),
    told("f", f, 7, ["sfia"], "a skill of SFIA")]}],
    {f: f"id,title,skills\na,A,{OCC}\nb,B,{ISCO}\nc,C,S1.8.1\nd,D,n/a\ne,E,Kundenservice|Kasse\nf,F,https://sfia-online.org/en/sfia-8/skills/programming-software-development\n"})
f = "native.jsonl"
n = [{"id": "a", "title": "Cashier", "outcomes": [{"text": CASHWORDS, "skills": [{"uri": "Kassieren"}]}]},
     {"id": "b", "title": "Cashier", "outcomes": [{"text": CASHWORDS, "skills": [{"uri": ""}]}]},
     {"id": "c", "title": "Cashier", "outcomes": [{"text": CASHWORDS, "skills": [{"uri": "0cb013af-6dd9-4fb2-b34e-63dda1a5cf82"}]}]},
     {"id": "d", "title": "Cashier", "outcomes": [{"text": CASHWORDS, "skills": [CASH]}]},
     {"id": "e", "title": "Cashier", "outcomes": [{"text": CASHWORDS, "skills": [{"uri": OCC}]}]}]
variant(C, "native-outcomes", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [clean] + [
    {"any": [{"refused": {"file": f, "line": i + 1}}, {"all": [{"doubt": {"id": r["id"], "quotes": q}}, {"teaches": {"id": r["id"]}}]}, *( [{"teaches": {"id": r["id"], "origin": "DECLARED"}}] if r["id"] in "cd" else [])],
     "why": w} for i, (r, q, w) in enumerate(zip(n, (["Kassieren"], ["uri"], ["0cb013af"], [CASH], [OCC, "occupation"]),
        ("words for a URI: refused, or a doubt and then linked by its text", "an empty URI: refused, or a doubt and then linked by its text", "the id alone: the link, refused, or in doubt",
         "a URI as a string, not an object: the link, or told", "an occupation: refused, or a doubt and then linked by its text")))]}],
    {f: "".join(json.dumps(x) + "\n" for x in n)})
f = "elm.json"
elm = lambda id, title, outcomes, **more: {"@context": "http://data.europa.eu/snb/model/context/edc-ap", "id": id, "type": "LearningOpportunity", "title": {"en": title},
    "learningAchievementSpecification": {"id": id + ":s", "type": "LearningAchievementSpecification", "title": {"en": title}, "learningOutcome": outcomes, **more}}
o = lambda id, text, **more: {"id": id, "type": "LearningOutcome", "title": {"en": text}, **more}
variant(C, "elm-related-skill-by-label", K, [{"do": "catalogue", "base": "esco", "files": [f], "assert": [clean,
    {"any": [{"teaches": {"id": "urn:a"}}], "why": "relatedESCOSkill by its label under an id of the document's own (formats.md): a doubt, and the outcome is linked by its text"},
    {"any": [{"doubt": {"id": "urn:a", "quotes": ["urn:skill:1", "relatedESCOSkill", "till"]}}], "why": "the link that is none is told"}]}],
    {f: elm("urn:a", "Cashier", [o("urn:o", CASHWORDS, relatedESCOSkill=[{"id": "urn:skill:1", "type": "Concept", "prefLabel": {"en": "till work"}}])])})

# ---------------------------------------------------------------- 4 ad-negating-heading
C, K = "ad-negating-heading", "a negating heading or lead-in reaches its list, and no further"


def extract(*asserts):
    return [{"do": "extract", "file": "input.jsonl", "assert": list(asserts)}]


NE, AB, ES, OP = "not_essential", "absent", "essential", "optional"
ads = ["Kierowca\n\nNie wymagamy:\n- Python\n- SQL\n\nWymagamy:\n- SAP", "Motorista\n\nNão é necessário:\n- Python\n- SQL\n\nRequisitos:\n- JavaScript", "Autista\n\nNon è richiesto:\n- Python\n- SQL",
       "Kierowca\n\nNie jest wymagane:\n- znajomość Python\n- znajomość SQL", "Motorista\n\nNão precisa de:\n- Python\n- SQL", "Autista\n\nNon serve:\n- Python\n- SQL"]
variant(C, "pl-pt-it", K, extract(*[skill(str(i + 1), x, NE, f"{ads[i].splitlines()[2]!r} says that it is not asked for") for i in range(6) for x in (PY, "SQL")],
    skill("2", "JavaScript", ES, "what stands under the next heading, 'Requisitos', is asked for")), {"input.jsonl": jsonl(*ads)})
ads = ["Chaufför\n\nInget krav:\n- Python\n- SQL\n\nKrav:\n- JavaScript", "Chaufför\n\nDu behöver inte kunna:\n- Python\n- engelska", "Chauffør\n\nIkke nødvendigt:\n- Python\n- SQL", "Chauffør\n\nDet er ikke et krav:\n- engelsk\n- SQL",
       "Sjåfør\n\nIkke nødvendig:\n- Python\n- SQL", "Kuljettaja\n\nEi vaadita:\n- Python\n- SQL\n\nVaatimukset:\n- JavaScript"]
variant(C, "sv-da-nb-fi", K, extract(*[skill(str(i + 1), x, NE, f"{ads[i].splitlines()[2]!r} says that it is not asked for") for i in range(6) for x in (PY, "SQL", "English")],
    skill("1", "JavaScript", ES, "'Krav' asks"), skill("6", "JavaScript", ES, "'Vaatimukset' asks")), {"input.jsonl": jsonl(*ads)})
ads = ["<h2>Driver</h2><h3>Not required</h3><ul><li>Python</li><li>Fluent German</li></ul><h3>Requirements</h3><ul><li>SQL</li><li>English B2</li></ul>",
       "Driver\n\n**What you don't need**\n* Python\n* German\n\n**What you need**\n* SQL\n* English", "## You need\n\n- SQL\n\n## You don't need\n\n- Python\n\n## Your tasks\n\n- operate cash register",
       "NOT REQUIRED:\n• Python\n• a degree\n\nREQUIRED:\n• SQL", "Requirements\n- SQL\n- English\nNot a must:\n- Python\n- German"]
variant(C, "html-markdown-and-next-section", K, extract(
    *[skill(str(i), PY, NE, "it stands under the negating heading") for i in (1, 2, 3, 4, 5)], *[skill(i, GER, NE, "it stands under the negating heading") for i in "125"],
    *[skill(str(i), "SQL", ES, "it stands under the asking heading") for i in (1, 2, 3, 4, 5)], skill("1", ENG, ES, "it stands under the asking heading"), skill("3", "operate cash register", ES, "tasks follow the negated section")),
    {"input.jsonl": jsonl(*ads)})
ads = ["Fahrer (m/w/d)\n\nVon Vorteil, aber kein Muss:\n- Python\n- SQL", "Chauffeur\n\nUn plus, mais pas obligatoire :\n- Python\n- SQL", "Kierowca\n\nMile widziane (niewymagane):\n- Python\n- SQL", "Motorista\n\nValorizamos (não é obrigatório):\n- Python\n- SQL",
       "Chaufför\n\nMeriterande men inget krav:\n- Python\n- SQL", "Chauffeur\n\nPluspunt, maar geen vereiste:\n- Python\n- SQL", "Driver\n\nNice to have, not essential:\n- Python\n- SQL", "Conductor\n\nSe valora, aunque no es imprescindible:\n- Python\n- SQL"]
variant(C, "a-plus-but-no-must", K, extract(*[skill(str(i + 1), x, NE, f"{ads[i].splitlines()[2]!r} says that it is a plus, and no must") for i in range(8) for x in (PY, "SQL")],
    *[skill(n, PY, OP, "a plus is optional, not unsaid (en, de, fr)") for n in ("1", "2", "7")]), {"input.jsonl": jsonl(*ads)})
ads = ["Fahrer (m/w/d)\n\nDas lernst du bei uns:\n- Python\n- SQL", "Chauffeur\n\nVous apprendrez :\n- Python\n- SQL", "Conductor\n\nAprenderás:\n- Python\n- SQL", "Chauffeur\n\nDit leer je bij ons:\n- Python\n- SQL",
       "Driver\n\nWe will train you in:\n- Python\n- SQL", "Driver\n\nWhat you'll learn\n- Python\n- SQL\n\nWhat you bring\n- JavaScript", "Fahrer (m/w/d)\n\nWir bringen dir bei:\n- Python\n- SQL", "Kierowca\n\nNauczymy Cię:\n- Python\n- SQL"]
variant(C, "taught-on-the-job", K, extract(*[skill(str(i + 1), x, NE, f"{ads[i].splitlines()[2]!r}: the employer teaches it, so that it is not asked for") for i in range(8) for x in (PY, "SQL")],
    skill("6", "JavaScript", ES, "'What you bring' asks")), {"input.jsonl": jsonl(*ads)})
ads = ["You don't need Python, SQL or SAP. You do need English B2.", "Du brauchst weder Python noch SQL. Du brauchst Deutsch B1.", "Vous n'avez pas besoin de connaître Python ni SQL. L'anglais est indispensable.", "Python ist nicht erforderlich, JavaScript dagegen schon.",
       "Knowledge of Python is an advantage but by no means required.", "No knowledge of Python or SQL needed: we teach you.", "Je hoeft geen Python of SQL te kennen.", "No hace falta saber Python ni SQL."]
variant(C, "in-one-sentence", K, extract(*[skill(str(i), x, NE, f"{ads[i - 1]!r}") for i in (1, 2, 3, 4, 6, 7, 8) for x in (PY, "SQL") if not (i == 4 and x == "SQL")], skill("5", PY, NE, "an advantage, by no means required"),
    skill("1", ENG, ES, "'You do need English B2'", level=["B2"]), skill("2", GER, ES, "'Du brauchst Deutsch B1'"), skill("3", ENG, ES, "'indispensable'"), skill("4", "JavaScript", ES, "'dagegen schon'")), {"input.jsonl": jsonl(*ads)})

# ---------------------------------------------------------------- 5 ad-enumeration-in-one-line
C, K = "ad-enumeration-in-one-line", "the same skills, however they are listed"
L = {"de": ["Registrierkasse bedienen", "Kundenbeschwerden bearbeiten", "Produkte verkaufen", "Warenpräsentation organisieren", "Waren verpacken"],
     "fr": ["utiliser une caisse enregistreuse", "gérer les réclamations des clients", "vendre des produits", "émettre des factures de vente", "emballer des articles"],
     "es": ["manejar una caja registradora", "gestionar reclamaciones de clientes", "vender productos", "preparar una factura", "empaquetar mercancías"],
     "nl": ["kassa's bedienen", "klachten van klanten afhandelen", "producten verkopen", "verkoopfacturen opstellen", "goederen verpakken"],
     "sv": ["sköta en kassaapparat", "hantera klagomål från kunder", "sälja produkter", "utfärda försäljningsfakturor", "packa varor"],
     "da": ["betjene kasseapparat", "behandle klager fra kunder", "sælge produkter", "udstede salgsfakturaer", "pakke varer"]}


LISTED = SHOP + ["issue sales invoices", "pack goods", "take blood samples", "administer prescribed medication", "provide first aid", "clean rooms", "lay bricks", "mix concrete", "paint surfaces", "operate forklift",
                 "read standard blueprints", "JavaScript", "SQL", "CSS", "Java (computer programming)", "C#", "English"]


def enum(ad, why, of="1", least=2):
    """Of what is listed (ESCO's own labels), what ad `of` finds with bullets, ad `ad` finds, too."""
    return {"same": {"ad": ad, "as": of, "min": 0.5, "at_least": least, "of": LISTED}, "why": why}


def forms(head, role, l, lead, and_):
    return [f"{role}\n\n{head}:\n" + "\n".join("- " + x for x in l), f"{role}\n\n{head}: " + ", ".join(l), f"{role}\n\n{head}: " + "; ".join(l) + ".", f"{role}\n\n{lead} " + ", ".join(l[:-1]) + f" {and_} {l[-1]}."]


for name, head, role, lead, and_, lang in (("de", "Anforderungen", "Verkäufer (m/w/d)", "Sie können", "und", "de"), ("fr", "Compétences", "Vendeur", "Vous savez", "et", "fr"), ("es-nl", "Requisitos", "Vendedor", "Sabes", "y", "es")):
    a = forms(head, role, L[lang], lead, and_)
    asserts = [enum("2", "with commas"), enum("3", "with semicolons"), enum("4", "in one sentence")]
    if name == "es-nl":
        a += forms("Vereisten", "Verkoper", L["nl"], "Je kunt", "en")
        asserts += [enum("6", "nl, commas", "5"), enum("7", "nl, semicolons", "5"), enum("8", "nl, one sentence", "5")]
    variant(C, name, K, extract(*asserts), {"input.jsonl": jsonl(*a)})
a = forms("Krav", "Butikssäljare", L["sv"], "Du kan", "och") + forms("Krav", "Butiksassistent", L["da"], "Du kan", "og")
variant(C, "sv-da", K, extract(enum("2", "sv, commas"), enum("3", "sv, semicolons"), enum("4", "sv, one sentence"), enum("6", "da, commas", "5"), enum("7", "da, semicolons", "5"), enum("8", "da, one sentence", "5")), {"input.jsonl": jsonl(*a)})
S5 = SHOP
a = ["Shop worker\n\nRequirements:\n" + "\n".join("- " + x for x in S5), "Shop worker\n\nRequirements: " + " / ".join(S5), "Shop worker\n\nRequirements: • " + " • ".join(S5), "Shop worker\n\nRequirements: " + " | ".join(S5),
     "Shop worker\n\nRequirements: 1) " + " ".join(f"{x} {i + 2})" for i, x in enumerate(S5[:-1])) + " " + S5[-1], "Shop worker\n\nRequirements: " + " · ".join(S5), "Shop worker\n\nYour tasks are to " + ", ".join(S5[:-1]) + ", and " + S5[-1] + ".",
     "Shop worker\n\nRequirements: (a) " + "; ".join(f"{x} ({chr(98 + i)})" for i, x in enumerate(S5[:-1])) + " " + S5[-1], "Shop worker\n\nRequirements – " + " – ".join(S5)]
variant(C, "other-separators", K, extract(*[enum(str(i), w, least=4) for i, w in ((2, "slashes"), (3, "inline bullets"), (4, "pipes"), (5, "inline numbers"), (6, "middle dots"), (7, "a sentence with ', and'"), (9, "dashes"))]), {"input.jsonl": jsonl(*a[:7], a[7], a[8])})
care = ["take blood samples", "administer prescribed medication", "provide first aid", "feed patients", "clean rooms"]
build = ["lay bricks", "mix concrete", "paint surfaces", "operate forklift", "read standard blueprints"]
ict = ["JavaScript", "SQL", "CSS", "Java", "C#"]
a = []
for role, head, l in (("Care assistant", "Skills", care), ("Site worker", "Requirements", build), ("Developer", "Skills", ict)):
    a += [f"{role}\n\n{head}:\n" + "\n".join("- " + x for x in l), f"{role}\n\n{head}: " + ", ".join(l), f"{role}\n\n{head}: " + "; ".join(l)]
variant(C, "care-building-ict", K, extract(*[enum(str(i), w, of, 4) for i, w, of in ((2, "care, commas", "1"), (3, "care, semicolons", "1"), (5, "building, commas", "4"), (6, "building, semicolons", "4"), (8, "ICT, commas", "7"), (9, "ICT, semicolons", "7"))]), {"input.jsonl": jsonl(*a)})
posting = {"@context": "https://schema.org/", "@type": "JobPosting", "title": "Shop worker", "description": "<p>Requirements: " + ", ".join(S5) + "</p>"}
a = [a0 for a0 in ("Shop worker\n\nRequirements:\n" + "\n".join("- " + x for x in S5), json.dumps(posting), "<h3>Requirements</h3><p>" + ", ".join(S5) + "</p>", "<h3>Requirements</h3><p>" + "<br>".join(S5) + "</p>",
     "<table><tr><td>Requirements</td><td>" + "; ".join(S5) + "</td></tr></table>")]
variant(C, "html-and-jobposting", K, extract(*[enum(str(i), w, least=4) for i, w in ((2, "JobPosting, commas"), (3, "a paragraph, commas"), (4, "a paragraph with <br>"), (5, "a cell of a table, semicolons"))]), {"input.jsonl": jsonl(*a)})
demand = [{"uri": CASH}, {"uri": COMPL}, {"uri": SELL}]
cv = ["Skills: operate cash register, handle customer complaints, sell products", "I can operate cash register, handle customer complaints and sell products.", "Skills: operate cash register; handle customer complaints; sell products", "Skills\n- operate cash register\n- handle customer complaints\n- sell products"]
variant(C, "in-a-cv", K, [{"do": "recommend", "base": "full", "requests": [{"demand": demand, "profile": {"text": t}} for t in cv],
    "assert": [gap(i, "operate cash register|handle customer complaints|sell products", [MET, PARTLY], f"the CV names the three labels of ESCO: {cv[i]!r}") for i in range(4)]}])

# ---------------------------------------------------------------- 6 ad-excel-and-office
C, K = "ad-excel-and-office", "names of office tools, in other wordings and languages"
SPREAD, OFFICE, WORD, SLIDES = ["use spreadsheets software"], ["use microsoft office", "office software"], ["use word processing software"], ["use presentation software"]
ads = ["Impiegato\n\nRequisiti:\n- Ottima conoscenza di Excel", "Administrativo\n\nRequisitos:\n- Domínio de Excel", "Pracownik biurowy\n\nWymagania:\n- Znajomość programu Excel", "Kontorist\n\nKrav:\n- Goda kunskaper i Excel",
       "Kontorassistent\n\nProfil:\n- Godt kendskab til Excel", "Toimistotyöntekijä\n\nVaatimukset:\n- Excelin hyvä hallinta", "Medewerker\n\nProfiel:\n- Goede kennis van Excel", "Pracownik biurowy\n\nWymagania:\n- bardzo dobra znajomość Excela"]
variant(C, "it-pt-pl-sv-da-fi-nl", K, extract(*[skill(str(i + 1), SPREAD, "asked", f"{ads[i].splitlines()[-1]!r} asks for Excel") for i in range(8)]), {"input.jsonl": jsonl(*ads)})
ads = ["Clerk\n\nRequirements\n- Microsoft 365", "Clerk\n\nRequirements\n- Office 365", "Clerk\n\nRequirements\n- MS Office suite", "Clerk\n\nRequirements\n- good command of the Microsoft Office package", "Büro\n\nProfil\n- Sicherer Umgang mit den gängigen MS-Office-Programmen",
       "Employé\n\nProfil\n- Maîtrise du pack Office", "Administrativo\n\nRequisitos:\n- Manejo del paquete Office", "Medewerker\n\nProfiel\n- Ervaring met MS Office"]
variant(C, "office-suites", K, extract(*[skill(str(i + 1), OFFICE, "asked", f"{ads[i].splitlines()[-1]!r} asks for Microsoft Office") for i in range(8)]), {"input.jsonl": jsonl(*ads)})
ads = ["Clerk\n\nRequirements\n- Word/Excel/PowerPoint", "Büro\n\nProfil\n- Excel-Kenntnisse", "Büro\n\nProfil\n- gute Excelkenntnisse", "Clerk\n\nRequirements\n- EXCEL", "Clerk\n\nRequirements\n- MS-Excel", "Clerk\n\nRequirements\n- Microsoft Excel (advanced)",
       "Clerk\n\nRequirements: Excel, Word, English B2", "Clerk\n\nYou are proficient with Excel and PowerPoint.", "Clerk\n\nRequirements\n- Google Sheets", "Clerk\n\nRequirements\n- Outlook, Word & Excel"]
variant(C, "spellings", K, extract(*[skill(str(i + 1), SPREAD, "asked", f"{ads[i].splitlines()[-1]!r}") for i in range(10)], skill("1", WORD, "asked", "Word"), skill("1", SLIDES, "asked", "PowerPoint"), skill("8", SLIDES, "asked", "PowerPoint"), skill("7", WORD, "asked", "Word"),
    skill("10", WORD, "asked", "Word")), {"input.jsonl": jsonl(*ads)})
TOOLS = SPREAD + OFFICE + WORD + SLIDES + ["use e-mail", ".*e-mail.*"]
ads = ["You excel at customer service and love people.", "Do you want to excel in sales? Join us.", "Excel with us! Spread the word about our shop.", "You keep your word and have a positive outlook on life.", "Most customers come by word of mouth.", "You have access to a car.",
       "Check that every power point in the flat works.", "We excel in teamwork; our office is in the centre of Berlin.", "Wir sind ein Team mit Teams in Berlin und Hamburg.", "One note: shifts begin at six."]
variant(C, "ordinary-words", K, extract(*[skill(str(i + 1), TOOLS + ["use office systems", "Microsoft Access"], AB, f"{ads[i]!r} names no program") for i in range(10)]), {"input.jsonl": jsonl(*ads)})
texts = ["Skills: Excel (advanced), Word", "IT: MS Office (Word, Excel, PowerPoint)", "EDV-Kenntnisse: Excel sehr gut", "Informatique : Excel, Word", "I have worked with Excel for ten years."]
variant(C, "in-a-cv", K, [{"do": "recommend", "base": "full", "requests": [{"demand": [{"uri": U + "1973c966-f236-40c9-b2d4-5d71a89019be"}], "profile": {"text": t}} for t in texts],
    "assert": [gap(i, "spreadsheets", [MET, PARTLY], f"{texts[i]!r} claims Excel, which is spreadsheets software") for i in range(5)]}])

# ---------------------------------------------------------------- 7 ad-r-and-d-and-licence-c-plus-e
C, K = "ad-r-and-d-and-licence-c-plus-e", "letters and words that are no tools, and tools that are"


def none(ads, more=()):
    return extract(*[skill(str(i + 1), PROG, AB, f"{ads[i].splitlines()[-1]!r} names no programming language") for i in range(len(ads))], *more)


ads = ["Driver\n\nRequirements\n- Category C1E licence", "Fahrer (m/w/d)\n\nIhr Profil\n- Führerschein CE", "Fahrer (m/w/d)\n\nIhr Profil\n- Führerschein Klasse B, C oder C1", "Chauffeur\n\nProfil\n- Permis BE ou C", "Chaufför\n\nKrav\n- C- och CE-körkort", "Kuljettaja\n\nVaatimukset\n- C-ajokortti",
       "Chauffør\n\nKrav\n- Kørekort kategori C/E", "Autista\n\nRequisiti\n- Patente C+E e CQC", "Conductor\n\nRequisitos\n- Carné C + E y CAP", "Motorista\n\nRequisitos\n- Carta de condução C+E", "Driver\n\nRequirements\n- D+E or D licence", "Kierowca\n\nWymagania\n- prawo jazdy kat. C + kwalifikacja"]
variant(C, "other-licences", K, none(ads), {"input.jsonl": jsonl(*ads)})
ads = ["Ingeniero de I+D\n\nTareas\n- Proyectos de I+D+i", "Tecnico\n\nAttività\n- Supporto al reparto R&S", "Inżynier\n\nZadania\n- Prace w dziale B+R", "Ingenjör\n\nArbetsuppgifter\n- FoU-projekt och R&D", "Medewerker\n\nTaken\n- Ondersteuning van de afdeling R&D (O&O)", "Ingenieur (m/w/d)\n\nAufgaben\n- Mitarbeit in F&E",
       "<p>Food technologist</p><ul><li>3 years in R&amp;D</li><li>work in our R&amp;D-lab</li></ul>", "Engineer\n\nYour tasks:\n- Head of R and D", "Manager\n\nTasks\n- Report to C-level managers", "Manager\n\nTasks\n- Q&A sessions, M&A, P&L, H&S, L&D"]
variant(C, "research-and-development-abroad", K, none(ads), {"input.jsonl": jsonl(*ads)})
ads = ["Cook\n\nRequirements\n- Cook sauces from scratch", "Accountant\n\nRequirements\n- Swift replies to customers", "Fitter\n\nTasks\n- Final assembly of doors", "Jeweller\n\nTasks\n- Sort stones such as ruby and emerald", "Guide\n\nTasks\n- Tours of Java and Bali", "Nurse\n\nTasks\n- Care of patients with hepatitis C",
       "Cleaner\n\nTasks\n- Clean rooms of grade C and D", "Barista\n\nTasks\n- Serve coffee; basic English", "Zoo keeper\n\nTasks\n- Feed the python", "Shop\n\nTasks\n- Put vitamin C on the shelf", "Warehouse\n\nTasks\n- Go to bay R and load lorry C", "Kitchen\n\nTasks\n- Cook pearl barley; groovy team"]
variant(C, "ordinary-words", K, none(ads), {"input.jsonl": jsonl(*ads)})
ads = ["Developer\n\nRequirements\n- C++", "Developer\n\nRequirements\n- C# and JavaScript", "Statistician\n\nRequirements\n- Experience in R and Python", "Data analyst\n\nRequirements\n- R (programming), SQL", "Statistiker (m/w/d)\n\nProfil\n- Kenntnisse in R oder SPSS", "Développeur\n\nProfil\n- C/C++",
       "Statisticien\n\nProfil\n- Maîtrise de R", "Developer\n\nRequirements: Java, SQL, C++"]
variant(C, "tools-that-are-meant", K, extract(skill("1", r"C\+\+", "asked", "C++"), skill("2", "C#", "asked", "C#"), skill("2", "JavaScript", "asked", "JavaScript"), skill("3", "R", "asked", "R and Python"), skill("3", PY, "asked", "R and Python"), skill("4", "R", "asked", "R (programming)"), skill("5", "R", "asked", "R oder SPSS"),
    skill("6", r"C\+\+", "asked", "C/C++"), skill("7", "R", "asked", "Maîtrise de R"), skill("8", r"C\+\+", "asked", "in a list with commas"), skill("8", r"Java \(computer programming\)", "asked", "in a list with commas")), {"input.jsonl": jsonl(*ads)})
ads = ["Driver of lorries (C+E) for our IT company\n\nRequirements\n- licence C+E\n- no programming skills needed", "Food engineer\n\nRequirements\n- R&D of new drinks\n- statistics with R", "Driver\n\nRequirements: C+E, code 95, forklift", "We look for an R&D engineer (C++) with licence B."]
variant(C, "both-in-one-ad", K, extract(skill("1", [r"C\+\+"], AB, "licence C+E"), skill("2", "R", "asked", "statistics with R, beside R&D"), skill("3", PROG, AB, "licence C+E in a list"), skill("4", r"C\+\+", "asked", "C++ is meant"), skill("4", "R", AB, "R&D is no R")), {"input.jsonl": jsonl(*ads)})

# ---------------------------------------------------------------- 8 language-levels-in-one-line
C, K = "language-levels-in-one-line", "each language has the level that stands with it"


def level(ad, lang, levels, why):
    return skill(ad, rf"(interact verbally in )?{lang}", "asked", why, level=levels if isinstance(levels, list) else [levels])


def levels(ads, want):
    return extract(*[level(str(i + 1), lang, lv, f"{ads[i].splitlines()[-1]!r}: {lang} {lv}") for i, w in enumerate(want) for lang, lv in w.items()])


E, G, F, SP, IT = "English", "German", "French", "Spanish", "Italian"
ads = ["Büro\n\nProfil\n- Deutsch: C1, Englisch: B1", "Employé\n\nProfil\n- Anglais : B2 ; Allemand : A1", "Recepción\n\nRequisitos\n- Inglés (B2), francés (A2)", "Medewerker\n\nProfiel\n- Engels C1, Duits A2", "Kontorist\n\nKrav\n- Engelska: C1, tyska: B1", "Kontor\n\nKrav\n- engelsk: B2, tysk: A1",
       "Büro\n\nProfil\n- Englisch auf B2-Niveau und Französisch auf A2-Niveau", "Employé\n\nProfil\n- niveau C1 en anglais et niveau A2 en allemand"]
variant(C, "other-languages", K, levels(ads, [{G: "C1", E: "B1"}, {E: "B2", G: "A1"}, {E: "B2", F: "A2"}, {E: "C1", G: "A2"}, {E: "C1", G: "B1"}, {E: "B2", G: "A1"}, {E: "B2", F: "A2"}, {E: "C1", G: "A2"}]), {"input.jsonl": jsonl(*ads)})
ads = ["Clerk\n\nRequirements\n- English - C1 / German - B1 / French - A2", "Clerk\n\nRequirements\n- English – C1 | German – B1", "Clerk\n\nRequirements\n- C1 English, B1 German", "Clerk\n\nRequirements\n- B2-level English and A2-level German", "Clerk\n\nRequirements\n- English/C1, German/B1", "Clerk\n\nRequirements\n- English=C1; German=A2",
       "Clerk\n\nRequirements\n- Minimum B1 in German and minimum C1 in English", "Clerk\n\nRequirements\n- English [C1], German [B1]", "Clerk\n\nRequirements\n- English C1+, German B1"]
variant(C, "other-signs", K, levels(ads, [{E: "C1", G: "B1", F: "A2"}, {E: "C1", G: "B1"}, {E: "C1", G: "B1"}, {E: "B2", G: "A2"}, {E: "C1", G: "B1"}, {E: "C1", G: "A2"}, {G: "B1", E: "C1"}, {E: "C1", G: "B1"}, {E: "C1", G: "B1"}]), {"input.jsonl": jsonl(*ads)})
FL, NAT, BAS = ["advanced", "C1", "C2", "expert"], ["expert", "C2", "native"], ["basic", "A1", "A2"]
ads = ["Clerk\n\nRequirements\n- fluent English, basic German", "Büro\n\nProfil\n- verhandlungssicheres Englisch, Grundkenntnisse in Französisch", "Employé\n\nProfil\n- anglais courant, notions d'allemand", "Clerk\n\nRequirements\n- English (native), German (B1), French (basic)", "Clerk\n\nRequirements\n- basic German and fluent English", "Büro\n\nProfil\n- Deutsch fließend, Englisch B1"]
variant(C, "levels-in-words", K, extract(level("1", E, FL, "fluent English"), level("1", G, BAS, "basic German"), level("2", E, FL, "verhandlungssicher"), level("2", F, BAS, "Grundkenntnisse"), level("3", E, FL, "courant"), level("3", G, BAS, "notions"), level("4", E, NAT, "native"), level("4", G, "B1", "B1"), level("4", F, BAS, "basic"),
    level("5", G, BAS, "basic German"), level("5", E, FL, "fluent English"), level("6", G, FL, "fließend"), level("6", E, "B1", "B1")), {"input.jsonl": jsonl(*ads)})
ads = ["Clerk\n\nRequirements\n- English C1, German, French A2", "Clerk\n\nRequirements\n- German and English B2", "Clerk\n\nRequirements\n- good English and German at B1", "Clerk\n\nRequirements\n- Italian, Spanish: C1", "Clerk\n\nRequirements\n- English (B2) and ideally some French"]
variant(C, "one-without-a-level", K, extract(level("1", E, "C1", "C1"), level("1", F, "A2", "A2"), skill("1", rf"{G}", "asked", "German has no level of its own: neither of its neighbours'", not_level=["C1", "A2"]), level("2", E, "B2", "B2"),
    level("3", G, "B1", "B1"), level("4", SP, "C1", "C1"), skill("4", IT, "asked", "Italian stands apart", not_level=[]), level("5", E, "B2", "B2"), skill("5", rf"(interact verbally in )?{F}", "asked", "'some French' is not B2", not_level=["B2"])), {"input.jsonl": jsonl(*ads)})
AD3 = "Your profile\n- English B2\n- German B1\n- French B1"
texts = ["Langues : anglais : C1, allemand : A2, français : B1", "Idiomas: inglés: C1, alemán: A2, francés: B1", "Languages: C1 English, A2 German, B1 French", "Languages\nEnglish C1\nGerman A2\nFrench B1", "Languages | English C1 | German A2 | French B1", "Sprachen: Englisch C1 · Deutsch A2 · Französisch B1"]
variant(C, "a-person", K, [{"do": "recommend", "base": "full", "requests": [{"ad": AD3, "profile": {"text": t}} for t in texts],
    "assert": [x for i in range(6) for x in (gap(i, "English", MET, f"{texts[i]!r}: C1 meets B2"), gap(i, "German", [PARTLY, MISSING], f"{texts[i]!r}: A2 does not meet B1"), gap(i, "French", MET, f"{texts[i]!r}: B1 meets B1"))]}])

# ---------------------------------------------------------------- 9 cv-native-language
C, K = "cv-native-language", "native speakers have their language"
AD2 = "Your profile\n- English B2\n- German B1"


def persons(texts, german=None, english=MET):
    a = [gap(i, "English", english, f"{t!r}: a native speaker meets English B2" if english == MET else f"{t!r}: English B2 is not met") for i, t in enumerate(texts)]
    a += [gap(i, "German", s, f"{texts[i]!r}: German") for i, s in (german or {}).items()]
    return [{"do": "recommend", "base": "full", "requests": [{"ad": AD2, "profile": {"text": t}} for t in texts], "assert": a}]


NOT = [PARTLY, MISSING]
variant(C, "de", K, persons(["Muttersprache: Englisch", "Sprachen: Englisch (Muttersprache), Deutsch A2", "Englisch: Muttersprache\nDeutsch: B1", "Englisch muttersprachlich, Deutsch B2", "Englische Muttersprachlerin", "Muttersprache Englisch, gute Deutschkenntnisse (B1)"], {0: NOT, 1: NOT, 2: MET, 3: MET, 5: MET}))
variant(C, "es-it-pt", K, persons(["Lengua materna: inglés. Alemán: B2", "Idiomas: inglés (nativo), alemán (A2)", "Madrelingua: inglese", "Lingua madre: inglese. Tedesco: A2", "Língua materna: inglês", "Inglés nativo, alemán B1"], {0: MET, 1: NOT, 5: MET}))
variant(C, "sv-da-nl-fi-pl", K, persons(["Modersmål: engelska", "Modersmål: engelsk. Tysk: A2", "Moedertaal: Engels", "Engels (moedertaal), Duits A2", "Äidinkieli: englanti", "Język ojczysty: angielski"]))
variant(C, "other-words-in-english", K, persons(["First language: English", "English – native or bilingual proficiency\nGerman – elementary proficiency", "English (Native or Bilingual), German (B1)", "Bilingual English/German", "English is my first language; German A2.", "Native speaker of English", "Languages: English - mother tongue; German - A2",
    "Mother tongue English, second language German (A2)"], {1: NOT, 2: MET, 4: NOT, 6: NOT, 7: NOT}))
variant(C, "europass-tables", K, persons(["PERSONAL SKILLS\nMother tongue(s)\tEnglish\n\nOther language(s)\tUNDERSTANDING\tSPEAKING\tWRITING\n\tListening\tReading\tSpoken interaction\tSpoken production\t\nGerman\tA2\tA2\tA1\tA1\tA1\nLevels: A1 and A2: Basic user - B1 and B2: Independent user - C1 and C2: Proficient user",
    "Language skills\nMOTHER TONGUE(S): English\nOTHER LANGUAGE(S):\nGerman\nListening A2 Reading A2 Spoken production A1 Spoken interaction A1 Writing A1", "Langue(s) maternelle(s) : anglais\nAutre(s) langue(s) : allemand A2", "Muttersprache(n): Englisch\nWeitere Sprache(n): Deutsch A2"], {0: NOT, 1: NOT, 2: NOT, 3: NOT}))
variant(C, "who-is-none", K + "; who is no native speaker is none", persons(["Mother tongue: Polish. English: A2", "Native German speaker, learning English (A1)", "Mother tongue: German; other languages: English A2", "Muttersprache: Deutsch. Englisch: Grundkenntnisse", "I taught children of native English speakers in Poland. My English is A2.", "Langue maternelle : allemand. Anglais : A2"],
    {1: MET, 2: MET, 3: MET, 5: MET}, NOT))
