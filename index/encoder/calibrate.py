"""How do signals add up in an ad or a CV, and how sure is a link? Fits the part `ads` of fusion.json and the vectors of gate.safetensors.

    python3 calibrate.py --write-ads ads.jsonl                                                        # the ads of the training set
    python3 calibrate.py --write-sentences sentences.jsonl --esco … --house … --tech … --skillspan …   # English sentences, annotated and silent
    cargo run --release -p skillgap-eval --bin units -- DATA_DIR 64 < ads.jsonl > labelled.jsonl       # a generation with labels of six languages, and
    cargo run --release -p skillgap-eval --bin units -- DATA_DIR 64 < ads.jsonl > english.jsonl        # one with English labels alone
    cargo run --release -p skillgap-eval --bin units -- DATA_DIR 64 < sentences.jsonl > annotated.jsonl
    python3 calibrate.py --esco ESCO_1.1.1_EN.zip --labelled labelled.jsonl --english english.jsonl
    python3 calibrate.py --esco ESCO_1.1.1_EN.zip --labelled labelled.jsonl --annotated annotated.jsonl --house … --tech … --skillspan …   # English alone

A unit is a segment of an ad that may ask, or a part of one; a skill is right for it where an ask that shares words with it accepts the skill. The table
of n-grams has not read these ads. Score: listwise softmax over the shortlist. Probability: logistic, over the best skills of each unit, weighed by score.
Printed are figures of five folds that keep an ad together. English is fitted on made ads and on annotated sentences together; what made
ads list more generously is a feature of the fit alone, so that a number means what it means for annotators.
"""
import argparse, collections, hashlib, json
from pathlib import Path
import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
import gate as by_pieces
from corpus import esco_skills, row_by_label
from evaluate import load, popularity
from everyday import everyday
from fusion import N_SILENT, all_annotated
from grams import Grams, dequantised, long_uri

HERE = Path(__file__).parent
SIGNALS = ("english", "own", "other", "described", "window", "overlap", "overlap_own", "has_own", "name", "whole")
# Names in third languages add 0.7 points of hit@10 and cost as much time as all else.
USED = tuple(name for name in SIGNALS if name != "other")
SCORE = (*USED, "popularity", "knowledge")
# In English there is a gate by word pieces beside the one by vectors.
ENGLISH = ("pieces_gate",)
FOR = ("score", "share", "likeness", "window", "overlap", "name", "gate", "requirement", "pieces_gate")
PROBABILITY = ("score", "behind_best", "share", "likeness", "window", "overlap", "name", "gate", "requirement", "log_words", "label_words", "knowledge")
LABELLED, OTHERS = ("de", "fr", "nl", "sv", "es", "da", "fi"), ("it", "pl", "pt", "cs")
N_BEST, N_FOLDS = 12, 5
# Sets whose lists of accepted skills are nearly full.
GENEROUS = ("made", "line")
# Lines of the corpus are many and have no heading; sentences that ask for nothing are more in real ads than in the sets.
COUNTS = {"line": 0.25, "silent": 1.2}
# Added to the logit, so that a number means the same in all languages. The made ads name nearly all that may be accepted, the annotators of the English sentences
# few: of English links said to be 17, 24 and 68 % likely readers found 59, 67 and 88 % right, of links here 59 % at 34 and 88 % at 80 % (docs/quality.md).
ENGLISH_SCALE = -0.63


def made_ads(which):
    for text in open(HERE / "corpus" / "ads.jsonl", encoding="utf-8"):
        ad = json.loads(text)
        if ad["set"] == which:
            yield ad


def asked(ad):
    """(first byte, one past the last, accepted URIs) of each ask."""
    raw, found, start = ad["text"].encode(), [], collections.Counter()
    for ask in ad["asks"]:
        words = ask["text"].encode()
        at = raw.find(words, start[words])
        if at < 0:
            at = raw.find(words)
        start[words] = at + 1
        found.append((at, at + len(words), {long_uri(u) for u in ask["uris"]}))
    return found


def overlap(a, b):
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


class Unit:
    def __init__(self, row, asks, skills):
        span = (row["span"]["start"], row["span"]["end"])
        near = [a for a in asks if 2 * overlap(span, a) >= min(span[1] - span[0], a[1] - a[0]) and overlap(span, a) > 0]
        self.ad, self.text, self.language, self.requirement = row["id"], row["text"], row["language"], float(row["asks"])
        self.set, self.pieces_gate = "made", 0.0
        self.asks = bool(near)
        uris = set().union(*(a[2] for a in near)) if near else set()
        kept = [(uri, signals) for uri, denied, signals in row["skills"] if uri in skills and not denied]
        self.right = np.array([uri in uris for uri, _ in kept], bool)
        prior = np.array([skills[uri] for uri, _ in kept]).reshape(-1, 3)
        signals = np.array([s[:len(SIGNALS)] for _, s in kept]).reshape(-1, len(SIGNALS))[:, [SIGNALS.index(name) for name in USED]]
        self.x = np.hstack([signals, prior[:, :2]])
        self.label_words = prior[:, 2]


def read(path, ads, skills, english=False):
    units = (Unit(row, ads[row["id"]], skills) for row in map(json.loads, open(path, encoding="utf-8")) if row["id"] in ads)
    return [unit for unit in units if len(unit.x) and (unit.language in (None, "en")) == english]


def fit_score(units, penalty=3e-4):
    """Weights of a listwise softmax; none is negative but those of has_own and knowledge. Sets of units count alike, however many they have."""
    examples = [(u.x, u.right, u.set) for u in units if u.right.any()]
    sizes = collections.Counter(of for *_, of in examples)

    def loss(w):
        total, gradient = penalty * w @ w, 2 * penalty * w
        for x, right, of in examples:
            share = 1 / (len(sizes) * sizes[of])
            s = x @ w
            p = np.exp(s - s.max())
            p /= p.sum()
            q = p * right
            total -= share * np.log(q.sum())
            gradient = gradient + share * (p - q / q.sum()) @ x
        return total, gradient

    bounds = [(None, None) if name in ("has_own", "knowledge") else (0, None) for name in SCORE]
    return minimize(loss, np.ones(len(SCORE)), jac=True, method="L-BFGS-B", bounds=bounds).x


def features(unit, weights, gate):
    """(features of the best skills, whether each is right)."""
    scores = unit.x @ weights
    order = np.argsort(-scores, kind="stable")[:N_BEST]
    mass = scores.max() + np.log(np.exp(scores - scores.max()).sum())
    of = lambda name: unit.x[order, SCORE.index(name)]
    each = lambda value: np.full(len(order), value)
    columns = (scores[order], scores[order] - scores.max(), scores[order] - mass, of("english") + of("described"), of("window"), of("overlap"), of("name"),
               each(gate), each(unit.requirement), each(unit.n_tokens_log), unit.label_words[order], of("knowledge"))
    if unit.language in (None, "en"):
        columns += (each(unit.pieces_gate), each(float(unit.set in GENEROUS)))
    return np.stack(columns, 1), unit.right[order]


def fit_probability(x, y, penalty=0.3, names=(), counts=None):
    """A logistic model; what speaks for a link (`FOR`) has no weight below 0 where the columns are named."""
    mean, spread = x.mean(0), x.std(0) + 1e-6
    z = (x - mean) / spread
    counts = np.ones(len(y)) if counts is None else counts
    model = LogisticRegression(C=penalty, max_iter=1000).fit(z, y, sample_weight=counts)
    start = np.append(model.coef_[0], model.intercept_[0])
    if names:
        def loss(w):
            logits = z @ w[:-1] + w[-1]
            off = counts * (sigmoid(logits) - y)
            return penalty * (counts * (np.logaddexp(0, logits) - y * logits)).sum() + w[:-1] @ w[:-1] / 2, np.append(penalty * (off @ z) + w[:-1], penalty * off.sum())

        bounds = [(0, None) if name in FOR else (None, None) for name in names] + [(None, None)]
        start = minimize(loss, np.maximum(start, [b[0] if b[0] is not None else -np.inf for b in bounds]), jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = start[:-1] / spread
    return weights, float(start[-1] - weights @ mean)


def counted(units, found):
    """How much each link counts in the fit: `COUNTS` of its set."""
    return np.concatenate([np.full(len(y), COUNTS.get(u.set, 1.0)) for u, (_, y) in zip(units, found)])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def vectors(grams, units):
    return grams.encode([u.text for u in units], [u.language for u in units])


def fit_gate(x, y):
    model = LogisticRegression(C=3.0, max_iter=1000).fit(x, y)
    return model.coef_[0], float(model.intercept_[0])


def silent_lines():
    for path in sorted((HERE / "corpus").glob("*_?.jsonl")):
        for text in open(path, encoding="utf-8"):
            r = json.loads(text)
            if r["set"] == "train" and r["lang"] != "en" and r["kind"] == "silent":
                yield r["text"], r["lang"]


def part(units, gates, title):
    """Weights of score and probability of units that have the same labels at hand; prints what other ads get of them."""
    groups = np.array([u.ad for u in units])
    names = (*PROBABILITY, *ENGLISH, "generous") if title == "english" else ()
    said, true, tested_units = [], [], []
    hit = []
    for seen, tested in GroupKFold(N_FOLDS).split(groups, groups=groups):
        w = fit_score([units[k] for k in seen])
        train = [features(units[k], w, gates[k]) for k in seen]
        model = fit_probability(np.vstack([x for x, _ in train]), np.concatenate([y for _, y in train]), names=names, counts=counted([units[k] for k in seen], train))
        for k in tested:
            x, y = features(units[k], w, gates[k])
            said.append(sigmoid(x @ model[0] + model[1])), true.append(y), tested_units.append(k)
            if units[k].asks and units[k].right.any():
                hit.append((y[0], y[:10].any()))
    each_true = true
    said, true = np.concatenate(said), np.concatenate(true)
    for name in sorted({u.set for u in units}) if title == "english" else ():
        h = [(y[0], y[:10].any()) for k, y in zip(tested_units, each_true) if units[k].set == name and units[k].right.any()]
        print(f"  {name}: {len(h)} units, right skill first / in the first ten: %.1f / %.1f" % tuple(100 * np.mean(h, 0)) if h else f"  {name}: silent")
    sets = np.concatenate([[units[k].set] * len(y) for k, y in zip(tested_units, each_true)])
    print(title, len(units), "units; right skill first / in the first ten, where the shortlist has it: %.1f / %.1f" % tuple(100 * np.mean(hit, 0)))
    for low, high in ((0.02, 0.05), (0.05, 0.1), (0.1, 0.15), (0.15, 0.25), (0.25, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.01)):
        m = (said >= low) & (said < high)
        if title == "english":
            m &= ~np.isin(sets, GENEROUS)
        print(f"  said {low:.2f} to {high:.2f}: {m.sum()} links, mean {100 * said[m].mean():.0f} %, right {100 * true[m].mean():.0f} %")
    w = fit_score(units)
    found = [features(u, w, g) for u, g in zip(units, gates)]
    weights, intercept = fit_probability(np.vstack([x for x, _ in found]), np.concatenate([y for _, y in found]), names=names, counts=counted(units, found))
    if names:
        shown = {u.sentence for u, (x, _) in zip(units, found) if u.set == "silent" and (sigmoid(x[:, :-1] @ weights[:-1] + intercept) >= 0.15).any()}
        print(f"  of sentences that ask for nothing {100 * len(shown) / len({u.sentence for u in units if u.set == 'silent'}):.1f} % show a skill at 0.15")
    rounded = lambda names, values: {name: round(float(v), 4) for name, v in zip(names, values)}
    scale = 0.0 if title == "english" else ENGLISH_SCALE
    return {"score": rounded(SCORE, w), "probability": {"intercept": round(intercept + scale, 4), **rounded(PROBABILITY + ENGLISH, weights)}}


def english_lines(which):
    paths = sorted((HERE / "corpus").glob("*_?.jsonl"))
    return [r for path in paths for r in map(json.loads, open(path, encoding="utf-8")) if r["set"] == which and r["lang"] == "en"]


def write_sentences(args):
    skills = esco_skills(args.esco)
    texts = {f"{name} {n}": text for name in ("house", "tech") for n, text in enumerate(all_annotated(getattr(args, name), row_by_label(skills))[0])}
    spans, asks, ads = by_pieces.sentences(args.skillspan)
    silent = np.random.default_rng(0).permutation(np.flatnonzero(~asks))[:N_SILENT]
    texts.update({f"silent {n}": spans[n] for n in silent})
    texts.update({f"line {n}": r["text"] for n, r in enumerate(english_lines("check"))})
    with open(args.write_sentences, "w", encoding="utf-8") as f:
        f.writelines(json.dumps({"id": id, "text": text}, ensure_ascii=False) + "\n" for id, text in texts.items())


def fit_english(args, of_esco, skills, table, pieces):
    """The model `english`, and the gate by vectors."""
    made = {ad["id"]: asked(ad) for ad in made_ads("train") if ad["lang"] == "en"}
    everything = lambda uris: [(0, 1 << 30, uris)]
    gold = {}
    for name in ("house", "tech"):
        for n, rows in enumerate(all_annotated(getattr(args, name), row_by_label(of_esco))[1]):
            gold[f"{name} {n}"] = everything({of_esco[row].uri for row in rows})
    spans, span_asks, span_ads = by_pieces.sentences(args.skillspan)
    gold.update({f"silent {n}": [] for n in np.flatnonzero(~span_asks)})
    gold.update({f"line {n}": everything({long_uri(u) for u in r["uris"]}) if r["uris"] else [] for n, r in enumerate(english_lines("check"))})
    units = read(args.labelled, made, skills, english=True) + read(args.annotated, gold, skills, english=True)
    weights, log_words, intercept, unseen = by_pieces.learn(args.skillspan, pieces)
    words = pieces([u.text for u in units])
    under_headings = float(np.mean([u.requirement for u in units if u.ad in made]))
    for unit, of_unit, logit in zip(units, words, by_pieces.logits(words, weights, log_words, intercept)):
        unit.set, number = (unit.ad.split() + ["0"])[:2] if unit.ad in gold else ("made", "0")
        unit.n_tokens_log = np.log1p(len(of_unit))
        unit.pieces_gate = unseen[int(number)] if unit.set == "silent" else logit
        # A line of the corpus has no heading: it counts as made ads' units do on the mean.
        unit.requirement = under_headings if unit.set == "line" else unit.requirement
        unit.sentence = unit.ad
        unit.ad = f"span {span_ads[int(number)]}" if unit.set == "silent" else unit.ad
    grams = everyday(HERE, table, pieces)
    lines = english_lines("train")
    own = [u for u in units if u.set == "made"]
    texts = [r["text"] for r in lines] + list(spans) + [u.text for u in own]
    x, y = grams.encode(texts, ["en"] * len(texts)), np.array([bool(r["uris"]) for r in lines] + list(span_asks) + [u.asks for u in own])
    groups = np.array(["line"] * len(lines) + [f"span {a}" for a in span_ads] + [u.ad for u in own])
    of_units = grams.encode([u.text for u in units], ["en"] * len(units))
    # A group is left out of one of five fits; lines are in all, and sentences of HOUSE and TECH in none.
    fold = lambda group: int(hashlib.sha256(group.encode()).hexdigest(), 16) % N_FOLDS
    folds, gates = np.array([-1 if g == "line" else fold(g) for g in groups]), np.zeros(len(units))
    for k in range(N_FOLDS):
        w, b = fit_gate(x[folds != k], y[folds != k])
        which = [n for n, u in enumerate(units) if fold(u.ad) == k]
        gates[which] = of_units[which] @ w + b
    print(f"gate of English made ads: area under the curve {roc_auc_score([u.asks for u in own], gates[:len(own)]):.3f}")
    return part(units, gates, "english"), np.append(*fit_gate(x, y))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--esco")
    p.add_argument("--write-ads")
    p.add_argument("--write-sentences")
    p.add_argument("--set", default="train")
    for name in ("annotated", "house", "tech", "skillspan"):
        p.add_argument(f"--{name}", help="for English: units of sentences, and the files of the annotations")
    p.add_argument("--labelled", help="units of a generation with labels of other languages")
    p.add_argument("--english", help="units of a generation with English labels only")
    args = p.parse_args()
    if args.write_ads:
        with open(args.write_ads, "w", encoding="utf-8") as f:
            f.writelines(json.dumps({"id": ad["id"], "text": ad["text"]}, ensure_ascii=False) + "\n" for ad in made_ads(args.set))
        return
    if args.write_sentences:
        return write_sentences(args)
    of_esco = esco_skills(args.esco)
    known = zip(popularity(HERE / "popularity.tsv", of_esco), of_esco)
    skills = {s.uri: (n, float(s.kind == "knowledge"), len(s.label.split())) for n, s in known}
    ads = {ad["id"]: asked(ad) for ad in made_ads("train")}
    table, pieces = load(HERE)
    if args.annotated:
        model, vector = fit_english(args, of_esco, skills, table, pieces)
        return write({"english": model}, {"english_vector": vector})
    grams = Grams(table, pieces)
    grams.rows = dequantised(HERE)
    with_labels, english = read(args.labelled, ads, skills), read(args.english, ads, skills)
    for units in (with_labels, english):
        for unit, words in zip(units, pieces([u.text for u in units])):
            unit.n_tokens_log = np.log1p(len(words))
    silent = list(silent_lines())
    quiet = grams.encode([t for t, _ in silent], [l for _, l in silent])

    def gates_of(units):
        """Logits of folds that keep an ad together, and the weights of all."""
        x, y, groups = vectors(grams, units), np.array([u.asks for u in units]), np.array([u.ad for u in units])
        out = np.zeros(len(units))
        fit = lambda k: fit_gate(np.vstack([x[k], quiet]), np.concatenate([y[k], np.zeros(len(quiet), bool)]))
        for seen, tested in GroupKFold(N_FOLDS).split(x, groups=groups):
            w, b = fit(seen)
            out[tested] = x[tested] @ w + b
        print(f"gate: area under the curve {roc_auc_score(y, out):.3f}")
        return out, fit(np.arange(len(units)))

    gates, (gate, intercept) = gates_of(with_labels)
    gates_english, _ = gates_of(english)
    of = lambda units, gates, languages: zip(*((u, g) for u, g in zip(units, gates) if u.language in languages))
    parts = {}
    for name, units, logits, languages in (("labelled", with_labels, gates, LABELLED), ("others_labelled", with_labels, gates, OTHERS), ("english_only", english, gates_english, LABELLED + OTHERS)):
        parts[name] = part(*map(list, of(units, logits, languages)), name)
    write(parts, {"vector": np.append(gate, intercept)})


def write(models, gates):
    from safetensors.numpy import load_file, save_file
    path = HERE / "fusion.json"
    fusion = json.loads(path.read_text(encoding="utf-8"))
    fusion["ads"] = {**fusion.get("ads", {}), **models}
    path.write_text(json.dumps(fusion, indent=2) + "\n", encoding="utf-8")
    tensors = load_file(HERE / "gate.safetensors")
    save_file({**tensors, **{name: vector.astype(np.float32) for name, vector in gates.items()}}, HERE / "gate.safetensors")


if __name__ == "__main__":
    main()
