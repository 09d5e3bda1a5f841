#!/usr/bin/env python3
"""Is what `skillgap recommend` shows of use, and is nothing shown where nothing helps?

    score.py BINARY DATA_DIR [--esco PATH ...] [--labels FILE ...] [--top 5] [--min P] [--half check|fit] [--cases]

Builds a generation in DATA_DIR (unless one is there) from the ESCO packages and labels, and from the courses of the
pool: the made ones of courses.jsonl as they stand, the real ones of ../../../shared as title, description and, where
the source states outcomes one by one, outcomes. Then each case's ad and person go through `recommend`, with the
languages in which the person can follow a course as a constraint. Without ../shared it says so and stops.

shown        recommendations among the first `top` that were judged, and those that were not ("unjudged": unknown)
of use       share of the judged ones shown that are of use (grade 1 or 2), over the cases that have something of use
plain        share of them with grade 2
found        share of the cases with something of use that show at least one of it
nothing      share of the cases where nothing helps that show nothing
in all       share of use among all judged ones shown, cases where nothing helps included

`--min` replaces the product's default for how likely of use a recommendation must be. The cases are in two halves by their id:
fit.py fits on one, figures that are quoted come from the other ("check").
"""
import argparse, collections, hashlib, json, os, subprocess, sys
import pool


def native():
    """The courses of the pool as native JSON lines; ids as in cases.jsonl."""
    for course in pool.lines(pool.HERE + "/courses.jsonl"):
        yield {name: value for name, value in course.items() if name != "sector"}
    for name, course in pool.courses().items():
        if course["kind"] == "made":
            continue
        language = sorted(course["lang"])[0]
        record = {"id": name, "title": {language: course["title"] or name}, "languages": sorted(course["lang"])}
        is_listed = course["kind"] in ("cedefop", "carpentries") or "it_profiles" in name or "step1b" in name or "quebec" in name
        if is_listed:
            outcomes = [text for text in course["text"].split("; ") if len(text) > 3]
            record["outcomes"] = [{"text": {language: text[:2000]}} for text in outcomes[:60]]
        elif course["text"]:
            record["description"] = {language: course["text"][:20000]}
        yield record


def build(options):
    if os.path.exists(os.path.join(options.data_dir, "CURRENT")):
        return
    os.makedirs(options.data_dir, exist_ok=True)
    courses = os.path.join(options.data_dir, "pool.jsonl")
    with open(courses, "w", encoding="utf-8") as file:
        for record in native():
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    command = [options.binary, "index", "--data-dir", options.data_dir, "--credentials", courses, "--esco", *options.esco]
    for labels in options.labels:
        command += ["--labels", labels]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def is_check(case):
    return hashlib.sha256(case["id"].encode()).digest()[-1] % 2 == 0


def requests(cases, options):
    ads, people = pool.ads(), pool.people()
    for case in cases:
        ad = ads[case["ad"]["set"], case["ad"]["id"]]
        request = {"id": case["id"], "target": {"ad": ad["text"]}, "topK": options.top,
                   "constraints": {"languages": case["languages"]}}
        if options.min is not None:
            request["usefulnessMin"] = options.min
        person = case["person"]
        if person:
            text = person["text"] if "text" in person else people[person["set"], person["id"]]["text"]
            request["profile"] = {"text": text}
        yield request


def answers(options, cases):
    lines = "".join(json.dumps(request) + "\n" for request in requests(cases, options))
    done = subprocess.run([options.binary, "recommend", "--data-dir", options.data_dir],
                          input=lines, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    if done.stderr:
        print(done.stderr.strip()[:2000], file=sys.stderr)
    return {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}


def parser():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("data_dir")
    esco = pool.SHARED + "/data/esco"
    parser.add_argument("--esco", nargs="+", default=[esco + "/v1.1.1"])
    parser.add_argument("--labels", nargs="+", default=[
        esco + "/labels/esco111_skill_labels_multilingual.tsv.gz", esco + "/labels/esco111_skill_labels_more.tsv.gz"])
    parser.add_argument("--top", type=int, default=5)
    parser.add_argument("--min", type=float)
    parser.add_argument("--half", choices=["check", "fit"])
    parser.add_argument("--cases", action="store_true", help="what each case shows")
    return parser


def main():
    options = parser().parse_args()
    if not os.path.isdir(pool.SHARED):
        sys.exit("skipped: ../shared is not here")
    cases = [case for case in pool.lines(pool.HERE + "/cases.jsonl")
             if options.half is None or is_check(case) == (options.half == "check")]
    build(options)
    got = answers(options, cases)
    rows = collections.defaultdict(collections.Counter)
    for case in cases:
        shown = [one["credentialId"] for one in got.get(case["id"], {}).get("recommendations", [])]
        judged = [one for one in shown if one in set(case["judged"]) | set(case["of_use"])]
        grades = [case["of_use"].get(one, 0) for one in judged]
        for key in (case["language"], "all"):
            row = rows[key]
            row["cases"] += 1
            row["shown"] += len(judged)
            row["unjudged"] += len(shown) - len(judged)
            row["useful"] += sum(grade > 0 for grade in grades)
            if case["nothing"]:
                row["nothing"] += 1
                row["nothing shown"] += not shown
            else:
                row["helped"] += 1
                row["helped shown"] += len(judged)
                row["plain"] += sum(grade == 2 for grade in grades)
                row["found"] += any(grade > 0 for grade in grades)
        if options.cases:
            print(case["id"], "nothing" if case["nothing"] else "", " ".join(
                "%s=%s" % (one, case["of_use"].get(one, 0) if one in judged else "?") for one in shown))
    share = lambda a, b: "%5.1f" % (100 * a / b) if b else "    –"
    print("| | cases | shown | unjudged | of use | plain | found | nothing | in all |\n|---|---|---|---|---|---|---|---|---|")
    for key in [*sorted(key for key in rows if key != "all"), "all"]:
        row = rows[key]
        print("| %s | %d | %d | %d | %s | %s | %s | %s | %s |" % (
            key, row["cases"], row["shown"], row["unjudged"], share(row["useful"], row["helped shown"]),
            share(row["plain"], row["helped shown"]), share(row["found"], row["helped"]),
            share(row["nothing shown"], row["nothing"]), share(row["useful"], row["shown"])))


if __name__ == "__main__":
    main()
