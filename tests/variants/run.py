#!/usr/bin/env python3
"""Runs the variants: run.py BINARY [WORD...]  (only variants whose path holds one of the words).

Each <case>/<variant>/expected.json is {"kind", "reason", "source"?, "steps": [...]}. A step is one command line:
  catalogue  index --credentials FILES, then export   -> records by id, rejected lines, summary
  check      check-credentials --json FILES           -> records by id (with doubts), rejected lines
  extract    extract < FILE                           -> ads by id, skills by their English label
  recommend  recommend < requests                     -> one answer a request
  link       link < FILE                              -> texts by id
Steps of extract, and of recommend without a catalogue of their own, share one process a base.
Assertions are checked by the functions below (a_…); every one has a "why". Standard library only, one process at a time.
"""
import csv, glob, io, json, os, re, shutil, subprocess, sys, tempfile, time, zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("SHARED", os.path.join(HERE, "..", "..", "..", "shared"))
if not os.path.isdir(SHARED):
    sys.exit("skipped: there are no data under ../shared")
ESCO = sorted(glob.glob(f"{SHARED}/data/esco/v1.1.1/*.zip"))
EXTRA = [f"{SHARED}/data/esco/labels/{f}" for f in ("esco111_skill_labels_multilingual.tsv.gz", "esco111_skill_labels_more.tsv.gz", "occupation_labels.tar.gz")]
TMP = tempfile.mkdtemp(prefix="variants-")
CASHIER = "http://data.europa.eu/esco/skill/0cb013af-6dd9-4fb2-b34e-63dda1a5cf82"
URI = re.compile(r"^http://data\.europa\.eu/esco/skill/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def labels():
    z = zipfile.ZipFile(next(p for p in ESCO if " en " in os.path.basename(p)))
    rows = csv.DictReader(io.TextIOWrapper(z.open("skills_en.csv"), encoding="utf8"))
    return {r["conceptUri"].strip(): r["preferredLabel"].strip() for r in rows}


LABEL = labels()


def call(args, stdin=None):
    p = subprocess.run([BINARY, *args], input=None if stdin is None else stdin.encode(), capture_output=True, timeout=300)
    out, err = p.stdout.decode("utf8", "replace"), p.stderr.decode("utf8", "replace")
    if p.returncode < 0 or p.returncode == 101 or "panicked" in err:
        raise Crash(f"{args[0]} crashed, rc {p.returncode}: {err[-300:]}")
    return p.returncode, out, err


class Crash(Exception):
    pass


DIRS = {}


def data_dir(base, files=()):
    """A data directory for a base of ESCO and a catalogue, made once per run."""
    if base == "starter" and not files:
        return None, "", []
    key = (base, *files)
    if key not in DIRS:
        d = os.path.join(TMP, f"d{len(DIRS)}")
        args = ["index", "--data-dir", d] + (["--starter"] if base == "starter" else ["--esco", *ESCO])
        args += ["--labels", *EXTRA] if base == "full" else []
        args += ["--credentials", *files] if files else []
        rc, out, err = call(args)
        DIRS[key] = (d if os.path.isdir(d) else "", out + err, [l for l in err.splitlines() if l.startswith("rejected") and "/esco/v1" not in l], rc)
    return DIRS[key][:3]


def lines_of(text):
    for l in text.splitlines():
        if l.startswith("{"):
            try:
                yield json.loads(l)
            except ValueError:
                pass


def do_catalogue(step, folder):
    files = [os.path.join(folder, f) for f in step["files"]]
    d, log, rejected = data_dir(step.get("base", "starter"), files)
    out = ""
    if d:
        _, out, err = call(["export", "--data-dir", d])
        log += err
    records = list(lines_of(out))
    return {"records": {r["id"]: r for r in records}, "count": len(records), "rejected": rejected, "log": log, "dir": d}


def do_check(step, folder):
    files = [os.path.join(folder, f) for f in step["files"]]
    rc, out, err = call(["check-credentials", "--json", *files])
    found = list(lines_of(out))
    records = [r for r in found if "id" in r]
    log = err + "\n".join(l for l in out.splitlines() if not l.startswith("{"))
    return {"records": {r["id"]: r for r in records}, "count": len(records), "log": log, "rc": rc,
            "rejected": [l for l in log.splitlines() if l.startswith("rejected")], "summary": next((r for r in found if "elements" in r and "credentials" in r), None)}


BATCH = {}  # (folder, number of the step) -> (lines out, what was said of these lines), of steps that share a process


def batch(selected):
    """Steps on the same data share one process: starting one takes seconds on a busy machine."""
    groups = {}
    for folder, steps in selected:
        for n, step in enumerate(steps):
            if step["do"] == "extract":
                lines = [l for l in open(os.path.join(folder, step["file"]), encoding="utf8").read().splitlines() if l.strip()]
                groups.setdefault(("extract", step.get("base", "full")), []).append(((folder, n), lines))
            elif step["do"] == "recommend" and not step.get("files"):
                groups.setdefault(("recommend", step.get("base", "starter")), []).append(((folder, n), requests_of(step, folder)))
    for (command, base), steps in groups.items():
        d = data_dir(base)[0]
        every = [l for _, lines in steps for l in lines]
        try:
            rc, out, err = call([command] + (["--data-dir", d] if d else []), "\n".join(every) + "\n")
        except (Crash, subprocess.TimeoutExpired):
            continue
        answers = list(lines_of(out))
        if len(answers) != len(every):
            continue  # one was refused: each step by itself, so that answers stand by their questions
        at = 0
        for key, lines in steps:
            about = "\n".join(l for l in err.splitlines() for m in [re.search(r"line (\d+)|:(\d+):", l)] if m and at < int(m.group(1) or m.group(2)) <= at + len(lines))
            BATCH[key] = answers[at:at + len(lines)], about
            at += len(lines)


def do_extract(step, folder):
    if (folder, step["n"]) in BATCH:
        answers, err = BATCH[folder, step["n"]]
    else:
        rc, out, err = call(["extract", "--data-dir", data_dir(step.get("base", "full"))[0]], open(os.path.join(folder, step["file"]), encoding="utf8").read())
        answers = list(lines_of(out))
    ads = {}
    for ad in answers:
        ad["by"] = {LABEL.get(s["uri"], s["label"]): s for s in ad.get("skills", [])}
        ads[ad["id"]] = ad
    return {"ads": ads, "log": err}


def do_link(step, folder):
    d = data_dir(step.get("base", "full"))[0]
    rc, out, err = call(["link", "--data-dir", d], open(os.path.join(folder, step["file"]), encoding="utf8").read())
    return {"texts": {t["id"]: [LABEL.get(s["uri"], s["label"]) for s in t["skills"]] for t in lines_of(out)}, "log": err, "rc": rc}


def requests_of(step, folder):
    requests = []
    for r in json.loads(json.dumps(step["requests"])):
        names = r.get("profile", {}).pop("document_files", None)
        if names is not None:
            r["profile"]["documents"] = [open(os.path.join(folder, n), encoding="utf8").read() for n in names]
        requests.append(json.dumps(r, ensure_ascii=False))
    return requests


def do_recommend(step, folder):
    if (folder, step["n"]) in BATCH:
        answers, err = BATCH[folder, step["n"]]
        return {"answers": answers, "log": err}
    d = data_dir(step.get("base", "starter"), [os.path.join(folder, f) for f in step.get("files", [])])[0]
    rc, out, err = call(["recommend"] + (["--data-dir", d] if d else []), "\n".join(requests_of(step, folder)) + "\n")
    return {"answers": list(lines_of(out)), "log": err}


# Assertions: each returns None (holds) or what stood there.

def get(node, path):
    found = [node]
    for k in path:
        nxt = []
        for n in found:
            if k == "*":
                nxt += list(n.values()) if isinstance(n, dict) else n if isinstance(n, list) else []
            elif isinstance(n, dict) and k in n:
                nxt.append(n[k])
            elif isinstance(n, list) and isinstance(k, int) and -len(n) <= k < len(n):
                nxt.append(n[k])
        found = nxt
    return found


def same(a, b):
    if isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool):
        return abs(a - b) < 1e-6
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return a == b


def short(x):
    t = json.dumps(x, ensure_ascii=False)
    return t if len(t) < 260 else t[:260] + "…"


def a_path(out, a):
    found = get(out, a["path"])
    text = json.dumps(found, ensure_ascii=False)
    if "equals" in a and not (len(found) == 1 and same(found[0], a["equals"])):
        return f"stood {short(found)}"
    if "one_of" in a and not (len(found) == 1 and any(same(found[0], x) for x in a["one_of"])):
        return f"stood {short(found)}"
    if a.get("absent") and found not in ([], [None], [[]], [""]):
        return f"stood {short(found)}"
    if a.get("present") and not found:
        return "is absent"
    if "contains" in a and a["contains"].lower() not in text.lower():
        return f"stood {short(found)}"
    if "lacks" in a and a["lacks"].lower() in text.lower():
        return f"holds {a['lacks']!r}: {short(found)}"
    if "matches" in a and not re.search(a["matches"], text, re.I):
        return f"stood {short(found)}"
    if "values" in a and sorted(map(str, found)) != sorted(map(str, a["values"])):
        return f"stood {short(found)}"


def a_any(out, a):
    said = [check(out, x) for x in a["any"]]
    return None if None in said else " / ".join(said)


def a_all(out, a):
    return next((s for s in (check(out, x) for x in a["all"]) if s), None)


def a_not(out, a):
    return "holds: " + short(a["not"]) if check(out, a["not"]) is None else None


def refused(out, file, line=None):
    want = re.compile(re.escape(file) + (rf":{line}:" if line else r"\b"))
    return [l for l in out["rejected"] if want.search(l) and not re.search(r':1: column "', l)]


def a_refused(out, a):
    r = a["refused"]
    lines = r["line"] if isinstance(r.get("line"), list) else [r.get("line")]
    hit = [x for n in lines for x in refused(out, r["file"], n)]
    hit = [x for x in hit if re.search(r.get("text", ""), x, re.I)]
    return None if hit else f"rejected {short([l.replace(HERE, '') for l in out['rejected']])}"


def doubts(out, id):
    return get(out, ["records", id, "doubts"])


def a_doubt(out, a):
    text = json.dumps(doubts(out, a["doubt"]["id"]), ensure_ascii=False)
    return None if any(q.lower() in text.lower() for q in a["doubt"]["quotes"]) and text != "[]" else f"doubts {short(text)}"


HOW = {"right": 0, "refused": 0, "in doubt": 0}  # how values of fields came to hold


def a_value(out, a):
    """The value is right; or (unless strict) the row is refused by line; or the value is absent and a doubt quotes it."""
    v = a["value"]
    found = get(out, ["records", v["id"], *v["path"]])
    stood = found if "*" in v["path"] else found[0] if found else None
    if any(same(stood, r) for r in v["right"]) and (found or None in v["right"]):
        HOW["right"] += 1
        return None
    if v.get("strict"):
        return f"{v['id']}.{'.'.join(map(str, v['path']))} stood {short(stood)}; {short([os.path.basename(l) for l in out['rejected']])}"
    if v["id"] not in out["records"]:
        if v.get("file") and refused(out, v["file"], v.get("line")):
            HOW["refused"] += 1
            return None
        return f"{v['id']} is not there, and not refused: {short([os.path.basename(l) for l in out['rejected']])}"
    if not found or stood in ([], None, ""):
        text = json.dumps(doubts(out, v["id"]), ensure_ascii=False)
        if any(q.lower() in text.lower() for q in v.get("quotes", [])) and text != "[]":
            HOW["in doubt"] += 1
            return None
        # the row goes in without its cell, and the cell is reported by its line
        if v.get("line") and refused(out, v["file"], v["line"]):
            HOW["refused"] += 1
            return None
        return f"{v['id']}.{'.'.join(map(str, v['path']))} is absent without a word; doubts {short(text)}"
    return f"{v['id']}.{'.'.join(map(str, v['path']))} stood {short(stood)}"


def a_skill(out, a):
    s = a["skill"]
    ad = out["ads"].get(s["ad"])
    if ad is None:
        return f"no answer for ad {s['ad']}"
    least = s.get("min", 0.15)
    names = s.get("labels") or [s["label"]]
    hits = {n: ad["by"][n] for n in ad["by"] if any(re.fullmatch(x, n, re.I) for x in names) and ad["by"][n]["confidence"] >= least}
    state = s.get("state", "asked")
    seen = {n: [x["confidence"], x["requirement"], x.get("level")] for n, x in ad["by"].items()}
    if state in ("absent",):
        return f"ad {s['ad']} asks {short({n: seen[n] for n in hits})}" if hits else None
    if state == "not_essential":
        bad = [n for n in hits if hits[n]["requirement"] == "essential"]
        return f"ad {s['ad']} asks as essential {short({n: seen[n] for n in bad})}" if bad else None
    if not hits:
        return f"ad {s['ad']}: {names} not found; found {short(seen)}"
    if state == "essential" and not any(x["requirement"] == "essential" for x in hits.values()):
        return f"ad {s['ad']}: {short({n: seen[n] for n in hits})}"
    if state == "optional" and any(x["requirement"] == "essential" for x in hits.values()):
        return f"ad {s['ad']}: {short({n: seen[n] for n in hits})}"
    if "level" in s and not any(x.get("level") in s["level"] for x in hits.values()):
        return f"ad {s['ad']}: level {short({n: seen[n] for n in hits})}"
    if "not_level" in s and any(x.get("level") in s["not_level"] for x in hits.values()):
        return f"ad {s['ad']}: level {short({n: seen[n] for n in hits})}"


def a_same(out, a):
    """What ad `as` is found to ask for (at `min`), ad `ad` is found to ask for, too (a little less surely counts)."""
    s = a["same"]
    least = s.get("min", 0.5)
    if s["ad"] not in out["ads"] or s["as"] not in out["ads"]:
        return f"no answer for ad {s['ad']} or {s['as']}"
    want = {n for n, x in out["ads"][s["as"]]["by"].items() if x["confidence"] >= least and (not s.get("of") or n in s["of"])}
    have = {n for n, x in out["ads"][s["ad"]]["by"].items() if x["confidence"] >= least - 0.1}
    if len(want) < s.get("at_least", 1):
        return f"ad {s['as']} itself finds only {sorted(want)}"
    return f"ad {s['ad']} lacks {sorted(want - have)}" if want - have else None


def a_gap(out, a):
    g = a["gap"]
    if g["n"] >= len(out["answers"]):
        return f"no answer {g['n']}: {out['log'][:200]}"
    ans = out["answers"][g["n"]]
    hits = [e for e in ans["gap"] if re.search(g["label"], e["label"])]
    seen = [[e["label"], e["state"].replace("GAP_STATE_", ""), e.get("heldLevel")] for e in hits]
    if not hits:
        return f"answer {g['n']}: nothing asked for matches {g['label']}; gap {short([e['label'] for e in ans['gap']])}"
    states = {e["state"].replace("GAP_STATE_", "") for e in hits}
    return None if states <= set(g["state"]) else f"answer {g['n']}: {short(seen)}"


def a_teaches(out, a):
    t = a["teaches"]
    links = [s for s in get(out, ["records", t["id"], "outcomes", "*", "skills", "*"])]
    hit = [s for s in links if s["uri"] == t.get("uri", CASHIER)]
    if t.get("origin"):
        hit = [s for s in hit if t["origin"] in s.get("origin", "")]
    return None if hit else f"{t['id']} teaches {short([[s['uri'][-36:], LABEL.get(s['uri']), s.get('origin')] for s in links])}"


def a_only_teaches(out, a):
    """No link of the record is to anything but these skills."""
    t = a["only_teaches"]
    links = get(out, ["records", t["id"], "outcomes", "*", "skills", "*", "uri"])
    bad = [u for u in links if u not in t.get("uris", [CASHIER])]
    return f"{t['id']} teaches {[LABEL.get(u, u) for u in bad]}" if bad else None


def a_no_outcome(out, a):
    t = a["no_outcome"]
    texts = get(out, ["records", t["id"], "outcomes", "*", "text", "*"])
    bad = [x for x in texts if re.search(t["match"], x, re.I)]
    return f"{t['id']} has the outcomes {short(bad)}" if bad else None


def a_clean_links(out, a):
    """Every link of the export is the URI of an ESCO 1.1.1 skill."""
    bad = [u for u in get(out, ["records", "*", "outcomes", "*", "skills", "*", "uri"]) if not URI.match(u) or (a["clean_links"] == "known" and u not in LABEL)]
    if bad:
        return f"links {short(bad)}"
    m = re.search(r"(\d+) links to skills of another ESCO version", out["log"])
    return f"{m.group(1)} links counted as of another ESCO version" if m and int(m.group(1)) and a["clean_links"] == "known" else None


def a_held(out, a):
    """Documents of an answer: their titles, and that none is refused."""
    h = a["held"]
    if h.get("n", 0) >= len(out["answers"]):
        return f"no answer: {out['log'][:200]}"
    c = out["answers"][h.get("n", 0)]["context"]
    titles = [d.get("title") for d in c["documents"]]
    if "titles" in h and sorted(map(str, titles)) != sorted(h["titles"]):
        return f"held {titles}, refused {short(c['refusedDocuments'])}"
    if "refused" in h and len(c["refusedDocuments"]) != h["refused"]:
        return f"held {titles}, refused {short(c['refusedDocuments'])}"
    if h.get("unverified") and not all(d["verification"].endswith("NOT_VERIFIED") for d in c["documents"]):
        return short(c["documents"])


def a_parts(out, a):
    """The record has exactly these parts (in any order), by whatever member that names ids."""
    p = a["parts"]
    r = out["records"].get(p["id"])
    if r is None:
        return f"no record {p['id']}; {list(out['records'])}"
    field = p.get("field", "parts")
    found = [x for x in re.findall(r'"([^"]+)"', json.dumps([v for k, v in r.items() if k == field])) if x in out["records"] or x.startswith(("urn:", "http"))]
    return None if sorted(set(found)) == sorted(p["are"]) else f"{p['id']}.{field} stood {found}"


def a_raw(out, a):
    text = json.dumps({k: v for k, v in out.items() if k != "dir"}, ensure_ascii=False)
    if "lacks" in a["raw"] and re.search(a["raw"]["lacks"], text):
        return f"the answer holds {a['raw']['lacks']!r}"
    if "matches" in a["raw"] and not re.search(a["raw"]["matches"], text, re.I):
        return f"the answer holds nothing like {a['raw']['matches']!r}"


def check(out, a):
    kind = next(k for k in a if "a_" + k in globals())
    return globals()["a_" + kind](out, a)


def main():
    words = sys.argv[2:]
    totals, start = {}, time.time()
    selected = []
    for path in sorted(glob.glob(f"{HERE}/*/*/expected.json")):
        folder = os.path.dirname(path)
        if not words or any(w in "/".join(folder.split(os.sep)[-2:]) for w in words):
            selected.append((folder, json.load(open(path, encoding="utf8"))["steps"]))
    batch(selected)
    for folder, steps in selected:
        case, name = folder.split(os.sep)[-2:]
        fails, n, before = [], 0, dict(HOW)
        for i, step in enumerate(steps):
            step["n"] = i
            try:
                out = globals()["do_" + step["do"]](step, folder)
            except (Crash, subprocess.TimeoutExpired) as e:
                fails.append(f"{step['do']}: {e}")
                continue
            for a in step["assert"]:
                n += 1
                stood = check(out, a)
                if stood:
                    fails.append(f"{a.get('why', short(a))} -- {stood}")
        ok = not fails
        totals.setdefault(case, []).append(ok)
        how = ", ".join(f"{k} {HOW[k] - before[k]}" for k in HOW if HOW[k] > before[k])
        print(f"{'pass' if ok else 'FAIL'} {case}/{name} ({n - len(fails)} of {n}{'; values: ' + how if how else ''})" + "".join(f"\n     {f}" for f in fails), flush=True)
        for key in [k for k in DIRS if len(k) > 1]:  # a catalogue is used by one variant alone
            shutil.rmtree(DIRS.pop(key)[0] or "/nonexistent", ignore_errors=True)
    print()
    for case, oks in totals.items():
        print(f"{sum(oks):3} of {len(oks):2} {case}")
    every = [o for oks in totals.values() for o in oks]
    print(f"{sum(every):3} of {len(every):2} in all, {time.time() - start:.0f} s; values that hold: " + ", ".join(f"{n} {k}" for k, n in HOW.items()))
    return 0 if all(every) else 1


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    BINARY = os.path.abspath(sys.argv[1])
    try:
        code = main()
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
    sys.exit(code)
