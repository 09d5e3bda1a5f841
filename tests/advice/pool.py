#!/usr/bin/env python3
"""Draws the courses that are judged for each case (the "pool"); pure Python, no packages.

How: every course of the pool below becomes title (three times), description, outcomes. BM25 runs over two kinds of
terms at once: words cut to seven letters, and five-letter pieces of words (so that compounds of de, nl, sv, da meet).
For a case the author wrote search words by hand in the languages of the courses (queries.jsonl). Taken are
  1. the best of each hand-written query, over all courses and over those in the case's languages,
  2. the best for the whole text of the ad, and for the ad in the case's languages,
  3. all made courses in the case's languages (the trades named as "sectors" in queries.jsonl come first),
  4. where that is fewer than 40, the next best for all queries together.
Nothing of skillgap is used: no code, word list, index or output.

  pool.py list            all course ids, one a line, with the title
  pool.py draw            writes pools.jsonl: {"id", "pool": [course ids]}
  pool.py show CASE...    the case's pool, for reading

Used by blind.py and agreement.py, too.

The pool of courses: courses.jsonl (made), cedefop_mapping, carpentries_episodes (id = repo/file), university_courses
(course_id), and of the registers: de_ordinances (slug), it_profiles (COD_PROFILO), nl_qualification_files
(BWBR0036352 only, crebo of the qualification), uk_apprenticeships/step1b (position in the list, from 0),
es_qualifications/DOS (certificate code), fr_quebec_programmes (file/competence code), de_kursnet_sample (angebot id).
Left out: frameworks_2.0 (all ended, titles only), step1a and UNO/TRES (the same things again), older Dutch orders.
"""
import csv, glob, gzip, html, io, json, math, os, re, sys, tarfile, unicodedata
from collections import Counter, defaultdict

HERE = os.path.dirname(os.path.abspath(__file__))
MAIN = os.path.dirname(os.path.dirname(HERE))
SHARED = os.path.join(os.path.dirname(MAIN), "shared")
CAT = SHARED + "/data/catalogue"
REG = CAT + "/registers"


def lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(l) for l in f if l.strip()]


def clean(s):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", s or ""))).strip()


def sql_rows(path):
    """Oracle 'Insert into T (A, B) Values (1, 'x')' to dictionaries."""
    text = gzip.open(path).read().decode("cp1252").replace("\r\n", "\n")
    for m in re.finditer(r"Insert into \w+\s*\(([^)]*)\)\s*Values\s*\(", text, re.I):
        cols = [c.strip() for c in m.group(1).split(",")]
        vals, cur, q, depth, i = [], "", False, 1, m.end()
        while i < len(text) and depth:
            c = text[i]
            if q:
                if c == "'" and text[i + 1:i + 2] == "'":
                    cur += "'"; i += 1
                elif c == "'":
                    q = False
                else:
                    cur += c
            elif c == "'":
                q = True
            elif c == "(":
                depth += 1
            elif c == ")":
                depth -= 1
            elif c == "," and depth == 1:
                vals.append(cur.strip()); cur = ""
            else:
                cur += c
            i += 1
        vals.append(cur.strip())
        yield dict(zip(cols, vals))


def courses():
    """id -> {title, text, lang (set; empty where unknown), kind}"""
    out = {}

    def add(i, title, text, lang, kind):
        out[i] = {"title": clean(title), "text": clean(text), "lang": set(lang), "kind": kind}

    for r in lines(HERE + "/courses.jsonl"):
        l = r["languages"]
        add(r["id"], r["title"][l[0]], r.get("description", {}).get(l[0], "") + " " +
            "; ".join(o["text"][l[0]] for o in r["outcomes"]), l, "made")
        out[r["id"]]["sector"] = r["sector"]
    for r in lines(CAT + "/cedefop_mapping.jsonl"):
        add("cedefop_mapping:" + r["id"], r["title"], "%s; %s" % (r["example_learning_outcome"], r["sector"]), ["en"], "cedefop")
    for r in lines(CAT + "/carpentries_episodes.jsonl"):
        add("carpentries_episodes:%s/%s" % (r["repo"], r["file"]), r["lesson"] + ": " + r["title"],
            "; ".join((r["objectives"] or []) + (r["questions"] or [])),
            ["es" if r["lesson"].startswith(("El ", "La ")) else "en"], "carpentries")
    for r in lines(CAT + "/university_courses.jsonl"):
        text = " ".join(str(r[k] or "") for k in ("description", "objectives", "learning_outcomes", "course_content"))
        lang = (r["language"] or "").lower()
        ls = {c for c, ws in (("de", ("deutsch", "german", "allemand", "de,")), ("en", ("engl", "en")), ("nl", ("dutch",)),
                              ("da", ("danish", "dansk")), ("fr", ("french", "fr"))) if any(w in lang for w in ws)}
        if "german" in lang and "engl" not in lang: ls = {"de"}
        if not ls:
            t = " %s " % (r["lesson_name"] + " " + text).lower()
            ls = {max((("en", " the | and | of | to "), ("de", " und | der | die | für "), ("fr", " les | des | et | du "),
                       ("nl", " het | een | van | en "), ("da", " og | til | af | det ")), key=lambda p: len(re.findall(p[1].replace(" | ", r"\b|\b").strip(), t)))[0]}
        add("university_courses:%d" % r["course_id"], r["lesson_name"], text, ls, "university")
    with tarfile.open(REG + "/de_ordinances/ordinances.tar.gz") as t:
        for m in t:
            s = t.extractfile(m).read().decode("utf-8")
            title = re.search(r"^Title:\s*(.*?)$((?:\n  .*)*)", s, re.M)
            body = s.split("---", 2)[-1]
            head = re.search(r"# (.*)", body)
            add("registers/de_ordinances:" + os.path.basename(m.name)[:-3],
                clean((title.group(1) + title.group(2)) if title else "") or (head.group(1) if head else m.name),
                re.sub(r"\[\^f[^]]*\]", "", body)[:9000], ["de"], "register")
    comp = {r["COD_COMPETENZA"]: r for r in sql_rows(REG + "/it_profiles/DEC_COMPETENZE.sql.gz")}
    pc = defaultdict(list)
    for r in sql_rows(REG + "/it_profiles/PROFILO_COMPETENZE.sql.gz"):
        pc[r["COD_PROFILO"]].append(comp.get(r["COD_COMPETENZA"], {}))
    for r in sql_rows(REG + "/it_profiles/DEC_PROFILI.sql.gz"):
        add("registers/it_profiles:" + r["COD_PROFILO"], r["DES_PROFILO"], r.get("TXT_FINALITA", "") + " " + "; ".join(
            next((v for k, v in c.items() if k.startswith("DES_")), "") for c in pc[r["COD_PROFILO"]]), ["it"], "register")
    for l in open(REG + "/nl_qualification_files/BWBR0036352.md", encoding="utf-8"):
        c = [x.strip() for x in l.split("|")]
        if len(c) > 8 and re.fullmatch(r"\d{2}\.?\d{3}", c[4] or ""):
            add("registers/nl_qualification_files:" + c[4].replace(".", ""), c[5], "" if c[3] == "---" else c[3], ["nl"], "register")
            out["registers/nl_qualification_files:" + c[4].replace(".", "")]["title"] += " (mbo %s)" % c[6]
    for i, r in enumerate(json.load(open(REG + "/uk_apprenticeships/step1b.json"))):
        add("registers/uk_apprenticeships/step1b:%d" % i, r["name"], "; ".join((r["expected_learnings"] or []) + (r["suitable_job_roles"] or []))
            + " " + (r["qualifications"] or ""), ["en"], "register")
        out["registers/uk_apprenticeships/step1b:%d" % i]["title"] += " (apprenticeship L%s)" % r["level"]
    for r in csv.DictReader(io.StringIO(open(REG + "/es_qualifications/DOS.csv", encoding="utf-8").read())):
        k = {a.strip(): clean(b) for a, b in r.items() if a}
        add("registers/es_qualifications/DOS:" + k["Código Certificado"], k["Certificado Profesional"], k["Familia profesional"], ["es"], "register")
    for p in sorted(glob.glob(REG + "/fr_quebec_programmes/*.json")):
        d = json.load(open(p))
        stem = os.path.basename(p)
        for r in (d if isinstance(d, list) else next((v for v in d.values() if isinstance(v, list)), [])):
            r = {k.strip(): v for k, v in r.items()}
            els = r.get("Éléments") or []
            add("registers/fr_quebec_programmes:%s/%s" % (stem, r.get("Code")), r.get("Nom de la compétence") or "", "; ".join(
                str(e.get("element", "")) if isinstance(e, dict) else str(e) for e in els), ["fr"], "register")
    for r in json.load(open(REG + "/de_kursnet_sample/response.json"))["_embedded"]["termine"]:
        a = r["angebot"]
        add("registers/de_kursnet_sample:%s" % a["id"], a["titel"], a["inhalt"], ["de"], "register")
    return out


def fold(s):
    s = s.lower().replace("ß", "ss").replace("ø", "o").replace("æ", "ae").replace("ł", "l").replace("đ", "d")
    return "".join(c for c in unicodedata.normalize("NFD", s) if not unicodedata.combining(c))


STOP = set(fold("""the and of to in for a with on or is are be you your we our as at an by from will have this that it who
der die das und oder für mit von zu im in den des ein eine auf als bei sowie nach aus wir sie ihre ist sind
le la les de des du et en à au aux un une pour par sur dans avec nous vous votre est ou d l
el los las y en con para por una que se del al o su como
het een van en te voor met op je bij of dat is zijn naar aan wij
il lo gli di e da per con che nel alla dei delle i un una al
i w z na do się oraz o od dla jest
och att i på för med som av en ett är du vi till den det har din
og at til af der er vi du på med en et den det som har kan""").split())


def terms(s):
    for w in re.findall(r"[a-z0-9+#]+", fold(s)):
        if w in STOP or len(w) < 2:
            continue
        yield w[:7]
        if len(w) > 7:
            for i in range(0, len(w) - 4):
                yield "~" + w[i:i + 5]


class Index:
    def __init__(self, docs):
        self.ids = list(docs)
        self.post = defaultdict(list)
        self.len = []
        for n, i in enumerate(self.ids):
            d = docs[i]
            c = Counter()
            for t in terms(d["title"]): c[t] += 3
            for t in terms(d["text"][:6000]): c[t] += 1
            self.len.append(sum(c.values()))
            for t, f in c.items(): self.post[t].append((n, f))
        self.avg = sum(self.len) / len(self.len)

    def search(self, q, keep=None):
        s = defaultdict(float)
        for t, qf in Counter(terms(q)).items():
            p = self.post.get(t)
            if not p: continue
            idf = math.log(1 + (len(self.ids) - len(p) + .5) / (len(p) + .5)) * (.35 if t[0] == "~" else 1)
            for n, f in p:
                s[n] += min(qf, 3) * idf * f * 2.2 / (f + 1.2 * (.25 + .75 * self.len[n] / self.avg))
        r = [(v, self.ids[n]) for n, v in s.items()]
        r.sort(key=lambda x: (-x[0], x[1]))
        return [i for _, i in r if keep is None or keep(i)]


def ads():
    out = {}
    for p in glob.glob(SHARED + "/data/ads/dev/??.jsonl"):
        for r in lines(p): out["dev", r["id"]] = r
    for r in lines(MAIN + "/index/encoder/corpus/ads.jsonl"):
        if r["set"] == "check": out["corpus", r["id"]] = r
    return out


def people():
    out = {}
    for p in glob.glob(SHARED + "/data/cvs/??.jsonl"):
        for r in lines(p): out["dev", r["id"]] = r
    for r in lines(MAIN + "/index/encoder/corpus/cvs.jsonl"):
        if r["set"] == "check": out["corpus", r["id"]] = r
    return out


def draw(case, docs, index, ad):
    langs = set(case["languages"])
    own = lambda i: bool(docs[i]["lang"] & langs)
    got = []

    def take(ids, n):
        k = 0
        for i in ids:
            if k == n: break
            k += 1
            if i not in got: got.append(i)

    per = 8 if len(case["queries"]) < 4 else 5
    for q in case["queries"]:
        take(index.search(q), per)
        take(index.search(q, own), per)
    real = lambda i: docs[i]["kind"] != "made"
    take(index.search(" ".join(case["queries"]), lambda i: own(i) and real(i)), 8)
    take(index.search(ad, None), 4)
    take(index.search(ad, own), 6)
    take([i for i, d in docs.items() if d["kind"] == "made" and d["sector"] in case["sectors"] and d["lang"] & langs], 999)
    take([i for i, d in docs.items() if d["kind"] == "made" and d["lang"] & langs], 999)
    both = " ".join(case["queries"])
    for ids in (index.search(both, own), index.search(both)):
        for i in ids:
            if len(got) >= 40: break
            if i not in got: got.append(i)
    return got


def main():
    docs = courses()
    what = sys.argv[1] if len(sys.argv) > 1 else "list"
    if what == "list":
        for i, d in docs.items(): print(i + "\t" + d["title"])
        return
    index, a = Index(docs), ads()
    known = {c["id"]: c for c in lines(HERE + "/cases.jsonl")}
    cases = [{**known[q["id"]], **q} for q in lines(HERE + "/queries.jsonl")]
    pools = {c["id"]: draw(c, docs, index, a[c["ad"]["set"], c["ad"]["id"]]["text"]) for c in cases}
    if what == "draw":
        with open(HERE + "/pools.jsonl", "w", encoding="utf-8") as f:
            for k, v in pools.items(): f.write(json.dumps({"id": k, "pool": v}, ensure_ascii=False) + "\n")
        print(len(pools), "cases,", sum(map(len, pools.values())), "pairs, smallest", min(map(len, pools.values())))
    else:
        for c in sys.argv[2:]:
            print("##", c)
            for i in pools[c]: print(i, "|", docs[i]["title"][:90], "|", docs[i]["text"][:120])


if __name__ == "__main__":
    main()
