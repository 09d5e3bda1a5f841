"""Which inputs does each target start from? Samples of the standards, made small, and small texts of our own; written under `target/corpus/`.

Usage: seeds.py [FOLDER of samples]; without samples the targets start from our own texts alone. Also writes the readers' words as dictionaries.
"""

import collections
import json
import pathlib
import re
import sys
from xml.etree import ElementTree

HERE = pathlib.Path(__file__).parent
BYTES_MAX = 22_000
# Folder of samples, a mark of its content, and the targets that start from it.
SAMPLES = [
    ("elm", "LearningOpportunity", "elm"), ("elm", "EuropeanDigitalCredential", "edc"), ("edc", "", "edc"), ("edc", "", "token"),
    ("elm", "<Courses", "loq"), ("elmo", "<", "elmo"), ("openbadges3", "{", "badge"), ("openbadges3", "{", "clr"), ("openbadges3", "{", "token"),
    ("openbadges3", "eyJ", "token"), ("ctdl", "{", "ctdl"), ("ctdl", "{", "native"),
]
CONTEXT = '"@context":"http://data.europa.eu/snb/model/context/edc-ap"'
NATIVE = {
    "id": "a", "title": {"en": "x", "de": "y"}, "description": "d", "outcomes": [{"text": {"en": "o"}, "skills": [{"uri": "u", "origin": "inferred", "confidence": 0.5}]}],
    "hours": 3, "hoursMin": 2.5, "ects": 1, "eqfLevel": 5, "nqfLevel": "DQR 5", "cost": {"amount": 1, "currency": "EUR"}, "mode": "online", "country": ["DE", "*"],
    "languages": "de", "prerequisites": ["b"], "prerequisiteGroups": [{"atLeast": 1, "of": ["b", "c"]}], "skillsRequired": [{"uri": "u"}], "partOf": "p", "parts": ["q"],
    "trustSignals": [{"signal": "provider_accredited", "value": True, "source": "s", "scope": "programme", "validUntil": "2027-01-01"}],
    "accreditations": [{"accreditor": "AQ", "mechanism": "m", "scope": "institution", "eqfLevelMax": 7, "validFrom": "2020-01-01", "validUntil": "2030-01-01", "source": "s"}],
    "fundingSchemes": [{"name": "n", "eligible": ["e"], "amount": {"amount": 5, "currency": "EUR"}, "share": 0.5, "until": "2027-01-01", "source": "s"}],
    "startDates": ["2027-01-01"], "modified": "2026-01-01", "version": 3, "issued": "2026-01-01", "validFrom": "2026-01-01", "validUntil": "2027-01-01", "isced": ["0613"],
    "assessment": {"text": "t"}, "funding": ["f", {"text": "g"}], "duration": "P3M", "doubts": [{"field": "hours", "reason": "r"}], "sector": "62", "occupations": ["o"],
}
OWN = {
    "native": [json.dumps(NATIVE), '{"id":"a","title":"x"}\n{"id":"b","title":{"en":"y"},"outcomes":[{"skills":[{"uri":"u"}]}]}\n{bad\n', '[{"id":"a","title":"x"},5]'],
    "csv": ["id,title_de,outcomes,hours,costAmount,costCurrency\na,x,o|p,7.5,3,EUR\nb,y,,,,\n", 'id;title;mode\na;"x\n""y""";online\n', "id\ttitle\tskills\na\tx\tu|v\n",
            "a,x,y,o|p,u,7.5,5,3,EUR,2027-01-01,0613,online,DE|*\n"],
    "elm": ["[{%s,\"id\":\"u\",\"type\":\"LearningOpportunity\",\"title\":{\"en\":\"x\"},\"hasPart\":[{\"id\":\"v\"}],\"learningAchievementSpecification\":{\"volumeOfLearning\":\"PT5H\"}}]" % CONTEXT,
            "{%s,\n\"@graph\":[{\"id\":\"u\",\"type\":\"LearningOpportunity\",\"title\":{\"en\":\"x\"},\"learningAchievementSpecification\":{\"id\":\"s\"}},\n{\"id\":\"s\",\"type\":\"Qualification\",\"title\":{\"en\":\"q\"},\"learningOutcome\":[{\"title\":{\"en\":\"o\"},\"relatedESCOSkill\":[{\"id\":\"http://data.europa.eu/esco/skill/x\"}]}]}]}" % CONTEXT],
    "clr": ['{"@context":["https://purl.imsglobal.org/spec/clr/v2p0/context.json"],"type":["VerifiableCredential","ClrCredential"],"id":"urn:1","issuer":{"name":"i"},"credentialSubject":{"type":["ClrSubject"],"verifiableCredential":[{"type":["OpenBadgeCredential"],"issuer":{"name":"j"},"credentialSubject":{"type":["AchievementSubject"],"achievement":{"id":"a","name":"n","alignment":[{"targetName":"t","targetUrl":"http://data.europa.eu/esco/skill/x"}]}}}],"achievement":[{"id":"a","name":"n"},{"id":"b","name":"m","creditsAvailable":5}]}}'],
    "ctdl": ['{"@context":"https://credreg.net/ctdl/schema/context/json",\n"@graph":[{"@type":"ceterms:Course","@id":"_:a","ceterms:name":{"en":"t"},"ceterms:estimatedCost":[{"ceterms:price":3,"ceterms:currency":"USD"}],"ceterms:isPartOf":["_:b"]},\n{"@type":"ceterms:Pathway","@id":"_:b","ceterms:name":"p"}]}'],
    "elmo": ["<elmo><report><issuer><title>u</title></issuer><learningOpportunitySpecification><title>t</title></learningOpportunitySpecification></report></elmo>"],
    "token": ["eyJhbGciOiJub25lIn0.eyJ2YyI6eyJ0eXBlIjpbIk9wZW5CYWRnZUNyZWRlbnRpYWwiXX19.c2ln\n", '{"vc":{"type":["OpenBadgeCredential"],"issuer":"i","credentialSubject":{"achievement":{"id":"a","name":"n"}}},"nbf":1,"exp":86400}'],
    "esco": ["\0".join([
        "conceptUri,preferredLabel,altLabels,skillType,reuseLevel,status,description\nu:a,advise,help|\"aid\",skill/competence,cross-sector,released,d\nu:b,bake,,knowledge,,,\n",
        "conceptUri,preferredLabel,iscoGroup\no:1,baker,C7512\n", "conceptUri,preferredLabel\ng:1,one\n", "conceptUri,preferredLabel,code\nx/C75,Food,75\n",
        "Level 0 URI,Level 0 preferred term,Level 1 URI,Level 1 preferred term,Level 0 code,Level 1 code\ng:0,top,g:1,one,S,S1\n",
        "conceptType,conceptUri,broaderType,broaderUri\nx,u:a,y,g:1\n", "skillUri,relationType,occupationUri\nu:a,optional,o:1\nu:b,essential,o:1\n",
        "originalSkillUri,relationType,relatedSkillUri\nu:b,optional,u:a\n", "conceptUri\nu:a\n"])],
}


def slim(value, items_max):
    """A JSON value with short lists and texts, and without pictures."""
    if isinstance(value, list):
        return [slim(item, items_max) for item in value[:items_max]]
    if isinstance(value, dict):
        return {name: slim(item, items_max) for name, item in value.items() if name != "displayParameter"}
    return short(value, items_max) if isinstance(value, str) else value


def short(text, items_max):
    """A text of some words for each item that is kept."""
    return "AAAA" if len(text) > 300 and " " not in text else text[:40 + 20 * items_max]


def small_json(text):
    """The document in as many bytes as a target takes."""
    document = json.loads(text)
    small = (json.dumps(slim(document, items_max)) for items_max in (1_000, 8, 4, 3, 2, 1))
    return next((text for text in small if len(text.encode()) <= BYTES_MAX), None)


def small_xml(text):
    """The document with some elements of each name within an element, more of them while there is room; by sections if it is too long for all that."""
    for items_max in (1_000, 8, 4, 3, 2, 1):
        root = ElementTree.fromstring(text)
        prune(root, items_max)
        cut = ElementTree.tostring(root, encoding="unicode")
        if len(cut.encode()) <= BYTES_MAX:
            return [cut]
    sections = list(root)
    for section in sections:
        root.remove(section)
    cut = ElementTree.tostring(root, encoding="unicode").removesuffix("/>")
    end = f"</{cut[1:].split()[0]}>"
    return [f"{cut}>{ElementTree.tostring(section, encoding='unicode')}{end}" for section in sections]


def prune(element, items_max):
    """Takes away what is too many of one name."""
    counts = collections.Counter()
    element.text = short((element.text or "").strip(), items_max)
    for child in list(element):
        counts[child.tag] += 1
        child.tail = None
        if counts[child.tag] > items_max:
            element.remove(child)
        else:
            prune(child, items_max)


def small(text):
    """What a sample gives as seeds."""
    if text.startswith("<"):
        return small_xml(text)
    if text.startswith("{"):
        try:
            return [small_json(text)]
        except json.JSONDecodeError:
            return [text.splitlines()[0]]
    return [text]


def write_words():
    """The readers' own words, in the form of a dictionary."""
    sources = sorted((HERE.parent / "index/credentials/src").rglob("*.rs"))
    words = {word for path in sources for word in re.findall(r'"([A-Za-z0-9@:#/_.-]{2,50})"', path.read_text())}
    signs = ["{", "}", "[", "]", "\\\"", ",", ":", "</", "/>", "<![CDATA[", "]]>", "&#x41;", "&amp;", "<!DOCTYPE ", "\\xef\\xbb\\xbf", "|", "\\x00"]
    (HERE / "target" / "corpus" / "words.dict").write_text("".join(f'"{word}"\n' for word in signs + sorted(words)))


def main():
    samples = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    seeds = {target: list(texts) for target, texts in OWN.items()}
    for folder, mark, target in SAMPLES:
        for path in sorted((samples / folder).glob("*")) if samples else []:
            text = path.read_text().strip()
            if mark in text and path.suffix != ".xsd" and ("<" in mark or not text.startswith("<")):
                seeds.setdefault(target, []).extend(small(text))
    for target, texts in seeds.items():
        folder = HERE / "target" / "corpus" / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, text in enumerate(texts):
            if text:
                (folder / f"seed-{number}").write_text(text)
            else:
                print(f"{target}: seed {number} is too long however it is cut", file=sys.stderr)
    write_words()


main()
