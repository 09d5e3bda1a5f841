#!/usr/bin/env python3
"""Agreement of the two judges: agreement.py [second_judge.jsonl]. Pairs are (case, course) of the drawn cases; of use = grade 1 or 2."""
import sys
import blind, pool


def kappa(pairs, values, weight=lambda a, b: a != b):
    n = len(pairs)
    pa = {v: sum(a == v for a, _ in pairs) / n for v in values}
    pb = {v: sum(b == v for _, b in pairs) / n for v in values}
    seen = sum(weight(a, b) for a, b in pairs) / n
    chance = sum(pa[a] * pb[b] * weight(a, b) for a in values for b in values)
    return 1 - seen / chance if chance else float("nan")


def report(name, pairs):
    yes = [(a > 0, b > 0) for a, b in pairs]
    both, first, second = (sum(x == y for x in yes) for y in ((True, True), (True, False), (False, True)))
    print("%-28s %5d pairs  agree %.1f %%  kappa %.2f  weighted kappa (0/1/2) %.2f  both %d, only first %d, only second %d" % (
        name, len(pairs), 100 * sum(a == b for a, b in yes) / len(yes), kappa(yes, (False, True)),
        kappa(pairs, (0, 1, 2), lambda a, b: (a - b) ** 2), both, first, second))


def main():
    second = {r["id"]: r for r in pool.lines(next((one for one in sys.argv[1:] if not one.startswith("-")), None) or pool.HERE + "/second_judge.jsonl")}
    docs = pool.courses()
    every, own, made, real, empty, by = [], [], [], [], [], {}
    for name, c, ids in blind.drawn():
        s = second[name]["of_use"]
        unknown = set(s) - set(ids)
        if unknown: sys.exit("%s: unknown ids %s" % (name, sorted(unknown)))
        empty.append((2 * c["nothing"], 2 * (not s)))
        for i in ids:
            p = (c["of_use"].get(i, 0), s.get(i, 0))
            every.append(p)
            by.setdefault(c["language"], []).append(p)
            if docs[i]["lang"] & set(c["languages"]): own.append(p)
            (made if docs[i]["kind"] == "made" else real).append(p)
            if (p[0] > 0) != (p[1] > 0) and "-v" in sys.argv: print(c["id"], i, "first", p[0], "second", p[1])
    report("all", every)
    report("in the case's languages", own)
    report("made courses", made)
    report("real courses", real)
    for l in sorted(by): report("  " + l, by[l])
    report("case: nothing of use", empty)


if __name__ == "__main__":
    main()
