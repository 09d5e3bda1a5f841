"""How are terms in other languages weighed? Fits the `term` part of fusion.json on national skill names whose skills the training of the table left out.

    python3 terms.py --crosswalk national_skill_crosswalk_dev.tsv --write-texts names.jsonl
    cargo run --release -p skillgap-catalogue --example signals -- DATA_DIR term < names.jsonl > signals.jsonl      # with labels, and again without
    python3 terms.py --crosswalk national_skill_crosswalk_dev.tsv --labelled signals.jsonl --english signals_english.jsonl

The weights are those of a softmax over the shortlist, so that a skill's share is its probability. Printed are hit@1 and hit@10 with the weights
fitted on the other half of the skills; written are the weights fitted on all.
"""
import argparse, collections, csv, json
from pathlib import Path
import numpy as np
from scipy.optimize import minimize

LABELLED = ("own", "own_overlap", "other", "english", "described", "has_own", "whole")
ENGLISH = ("english", "described", "whole")
LANGUAGES = ("de", "sv", "nl", "fr")
PENALTY = 1e-4


def names(path):
    """{(language, name): URIs} of exact matches whose skills were held out of training: the last digit of the URI is 0 to 3."""
    gold = collections.defaultdict(set)
    with open(path, encoding="utf-8") as f:
        for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            if r["match"] == "exactMatch":
                gold[r["lang"], r["label"]].add(r["esco_uri"])
    return {name: uris for name, uris in gold.items() if any(u[-1] in "0123" for u in uris)}


def read(path, gold, features):
    """(language, half, signals `[n, n_features]`, right `[n]`) of each name."""
    columns = [LABELLED.index(f) for f in features]
    for line in open(path, encoding="utf-8"):
        found = json.loads(line)
        uris = gold[tuple(found["id"])]
        signals = np.array([s for _, _, s in found["skills"]])[:, columns]
        yield found["id"][0], any(u[-1] in "01" for u in uris), signals, np.array([uri in uris for uri, _, _ in found["skills"]])


def fit(examples):
    examples = [(s, r) for _, _, s, r in examples if r.any()]

    def loss(w):
        total, gradient = PENALTY * w @ w, 2 * PENALTY * w
        for signals, right in examples:
            score = signals @ w
            p = np.exp(score - score.max())
            p /= p.sum()
            q = p * right
            total -= np.log(q.sum()) / len(examples)
            gradient = gradient + (p - q / q.sum()) @ signals / len(examples)
        return total, gradient

    return minimize(loss, np.zeros(examples[0][0].shape[1]), jac=True, method="L-BFGS-B").x


def report(title, features, examples):
    hits = collections.defaultdict(list)
    for half in (False, True):
        weights = fit([e for e in examples if e[1] != half])
        for language, _, signals, right in (e for e in examples if e[1] == half):
            ranked = right[np.argsort(-(signals @ weights), kind="stable")]
            hits[language].append((ranked[:1].any(), ranked[:10].any()))
    means = {language: 100 * np.mean(hits[language], 0) for language in LANGUAGES}
    print(title, "crossed:", {k: v.round(1).tolist() for k, v in means.items()}, "mean", np.mean(list(means.values()), 0).round(1).tolist())
    return {name: round(float(w), 4) for name, w in zip(features, fit(examples))}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--crosswalk", required=True)
    p.add_argument("--write-texts")
    p.add_argument("--labelled", help="signals from a generation with labels of the languages")
    p.add_argument("--english", help="signals from a generation with English labels only")
    args = p.parse_args()
    gold = names(args.crosswalk)
    if args.write_texts:
        with open(args.write_texts, "w", encoding="utf-8") as f:
            for language, name in gold:
                f.write(json.dumps({"id": [language, name], "text": name, "lang": language}) + "\n")
        return
    path = Path(__file__).parent / "fusion.json"
    fusion = json.loads(path.read_text(encoding="utf-8"))
    fusion["term"] = {
        "labelled": report("with labels", LABELLED, list(read(args.labelled, gold, LABELLED))),
        "english_only": report("English only", ENGLISH, list(read(args.english, gold, ENGLISH))),
    }
    path.write_text(json.dumps(fusion, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
