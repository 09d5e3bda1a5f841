#!/usr/bin/env python3
"""Fits the weights of `src/candidates/usefulness.rs` on the cases outside the check half, and measures them on that half. Needs numpy.

    fit.py BINARY DATA_DIR        DATA_DIR as score.py builds it

A judged candidate is of use with probability 1 - (1 - link)(1 - wording): `link` is `usefulness.byLinks` of the answer, `wording` is the
logistic function whose weights are fitted here by maximum likelihood (with a ridge of one pseudo-observation).
Prints the weights, and for some thresholds what score.py counts, on the check half.
"""
import sys
import numpy as np
import pool, score

NEAR_MIN = 0.15


def table(cases, got):
    """Of each judged candidate: its case, the features of its wording [1, near, standing out], its link, whether it is of use."""
    found, features, links, good = [], [], [], []
    for case in cases:
        judged = set(case["judged"]) | set(case["of_use"])
        for one in got.get(case["id"], {}).get("recommendations", []):
            if one["credentialId"] not in judged:
                continue
            near = next(part["value"] for part in one["contributions"] if part["feature"] == "FEATURE_WORDING")
            use = one["usefulness"]
            found.append(case)
            features.append([1, near, near - use["nearUsual"]])
            links.append(use["byLinks"])
            good.append(case["of_use"].get(one["credentialId"], 0) > 0)
    return found, np.array(features, float), np.array(links), np.array(good, float)


def of_use(weights, x, link):
    wording = np.where(x[:, 1] < NEAR_MIN, 0.0, 1 / (1 + np.exp(-(x @ weights))))
    return np.clip(1 - (1 - link) * (1 - wording), 1e-6, 1 - 1e-6)


def fitted(x, link, y):
    """Gradient ascent on the likelihood; three numbers, so plain steps do."""
    weights, ridge = np.zeros(3), np.array([0, 1, 1]) / len(y)
    for _ in range(50000):
        p = of_use(weights, x, link)
        wording = 1 / (1 + np.exp(-(x @ weights)))
        slope = (y / p - (1 - y) / (1 - p)) * (1 - link) * wording * (1 - wording)
        slope = np.where(x[:, 1] < NEAR_MIN, 0.0, slope)
        weights += (x * slope[:, None]).mean(0) - ridge * weights
    return weights


def report(name, cases, found, p, y):
    helped, silent = [case["id"] for case in cases if not case["nothing"]], [case["id"] for case in cases if case["nothing"]]
    for least in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
        shown = {}
        for case, chance, good in zip(found, p, y):
            if chance >= least:
                shown.setdefault(case["id"], []).append((chance, good))
        first = {case: sorted(some, reverse=True)[:5] for case, some in shown.items()}
        use = [good for case in helped for _, good in first.get(case, [])]
        print("%s, from %.2f: of use %.1f of %d, found in %.1f, nothing shown where nothing helps %.1f" % (
            name, least, 100 * np.mean(use) if use else 0, len(use),
            100 * np.mean([any(good for _, good in first.get(case, [])) for case in helped]),
            100 * np.mean([case not in first for case in silent])))
    print("%s: said and true by tenths: %s" % (name, ", ".join(
        "%.2f %.2f (%d)" % (p[part].mean(), y[part].mean(), part.sum())
        for part in (np.logical_and(p >= low, p < low + 0.1) for low in np.arange(0, 1, 0.1)) if part.sum() >= 5)))


def main():
    options = score.parser().parse_args()
    options.top, options.min = 100, 0.0
    score.build(options)
    cases = pool.lines(pool.HERE + "/cases.jsonl")
    got = score.answers(options, cases)
    halves = {name: [case for case in cases if score.is_check(case) == (name == "check")] for name in ("fit", "check")}
    _, x, link, y = table(halves["fit"], got)
    weights = fitted(x, link, y)
    print("INTERCEPT %.1f  NEARNESS %.1f  STANDING_OUT %.1f" % tuple(weights))
    for name, half in halves.items():
        found, x, link, y = table(half, got)
        report(name, half, found, of_use(weights, x, link), y)


if __name__ == "__main__":
    main()
