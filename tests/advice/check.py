#!/usr/bin/env python3
"""Verifies the set and prints its counts; must end in "bad 0"."""
from collections import Counter
import pool

docs, ads, people = pool.courses(), pool.ads(), pool.people()
cases, bad = pool.lines(pool.HERE + "/cases.jsonl"), []
for c in cases:
    say = lambda t: bad.append((c["id"], t))
    if (c["ad"]["set"], c["ad"]["id"]) not in ads: say("ad")
    p = c["person"]
    if p and "text" not in p and (p["set"], p["id"]) not in people: say("person")
    if len(c["judged"]) < 15 or len(set(c["judged"])) != len(c["judged"]): say("judged")
    if c["nothing"] != (not c["of_use"]): say("nothing")
    for i in c["judged"]:
        if i not in docs: say(i)
    for i, v in c["of_use"].items():
        if i not in c["judged"] or v not in (1, 2): say(i)
        if not docs[i]["lang"] & set(c["languages"]) and docs[i]["kind"] != "cedefop": say(i + " language")
if len({c["id"] for c in cases}) != len(cases): bad.append("ids")
for l in "de en fr es nl it pl sv da".split():
    x = [c for c in cases if c["language"] == l]
    print(l, len(x), "nothing", sum(c["nothing"] for c in x), "judged", sum(len(c["judged"]) for c in x), "grade 2",
          sum(v == 2 for c in x for v in c["of_use"].values()), "grade 1", sum(v == 1 for c in x for v in c["of_use"].values()),
          "made courses", sum(d["kind"] == "made" and l in d["lang"] for d in docs.values()))
print("all", len(cases), "nothing", sum(c["nothing"] for c in cases), Counter(c["why"] for c in cases),
      "judged", sum(len(c["judged"]) for c in cases), Counter(v for c in cases for v in c["of_use"].values()))
print("ads", len({str(c["ad"]) for c in cases}), Counter(c["ad"]["set"] for c in cases), "persons",
      Counter("none" if not c["person"] else "written for the case" if "text" in c["person"] else c["person"]["set"] for c in cases))
print("of use, by kind", Counter((docs[i]["kind"], v) for c in cases for i, v in c["of_use"].items()),
      "cases with a real course of use", sum(any(docs[i]["kind"] != "made" for i in c["of_use"]) for c in cases))
for b in bad: print(b)
print("bad", len(bad))
