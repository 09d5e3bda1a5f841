#!/usr/bin/env python3
"""Writes second_judge_input.jsonl: 44 cases drawn at random (seed 1412; five of each language, less one), with the texts of
ad, person and every judged course, the courses in an order shuffled anew, the cases under neutral names (s01 ...), without
grades, notes or reasons. The file holds texts of the real catalogue, so it stays out of the project; this makes it again."""
import json, random
import pool


def drawn():
    """[(neutral name, case, course ids in shuffled order)]"""
    rnd = random.Random(1412)
    by = {}
    for c in pool.lines(pool.HERE + "/cases.jsonl"): by.setdefault(c["language"], []).append(c)
    got = [c for l in sorted(by) for c in rnd.sample(by[l], 5)]
    got.remove(rnd.choice(got))
    rnd.shuffle(got)
    return [("s%02d" % n, c, rnd.sample(c["judged"], len(c["judged"]))) for n, c in enumerate(got, 1)]


def main():
    docs, ads, people = pool.courses(), pool.ads(), pool.people()
    with open(pool.HERE + "/second_judge_input.jsonl", "w", encoding="utf-8") as f:
        for name, c, ids in drawn():
            p = c["person"]
            f.write(json.dumps({
                "id": name, "languages": c["languages"], "ad": ads[c["ad"]["set"], c["ad"]["id"]]["text"],
                "person": None if p is None else p["text"] if "text" in p else people[p["set"], p["id"]]["text"],
                "courses": {i: docs[i]["title"] + " | " + docs[i]["text"][:400 if docs[i]["kind"] == "made" else 170] for i in ids},
            }, ensure_ascii=False) + "\n")
    print(len(drawn()), "cases,", sum(len(i) for _, _, i in drawn()), "pairs,", sum(c["nothing"] for _, c, _ in drawn()), "with nothing")


if __name__ == "__main__":
    main()
