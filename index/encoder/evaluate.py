"""How well does the committed, quantised table link ad sentences to ESCO, and with which weights of the signals?

Protocol of the public benchmark: all ESCO 1.1.0 skills are ranked for one sentence; gold is the set of skills annotated on it.

    python3 evaluate.py --esco ESCO_EN.zip --annotations house_validation_annotations.csv tech_validation_annotations.csv [--grid]
"""
import argparse, itertools, json
from pathlib import Path
import numpy as np
from corpus import Pieces, annotated, crosswalk, esco_skills, row_by_label, skill_labels, skillskape

WINDOWS = (1, 2, 3, 4, 6, 8)
PLAIN_WEIGHTS = {"label": 1, "name": 0.5, "described": 0.5, "window": 1.5, "overlap": 0.5}


def unit(x):
    return x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)


def load(folder):
    from safetensors.numpy import load_file
    tensors = load_file(Path(folder) / "encoder.safetensors")
    return tensors["table"].astype(np.float32) * tensors["scale"][:, None], Pieces(Path(folder) / "vocab.txt")


def encode(table, texts):
    """Unit vectors `[n_texts, dim]`; a text without pieces is the zero vector."""
    return unit(np.array([table[[p for w in words for p in w]].sum(0) for words in texts], np.float32))


def windows(table, words):
    """Unit vectors of all windows of 1, 2, 3, 4, 6 and 8 words; a longer size than the text is the whole text."""
    sums = np.vstack([np.zeros((1, table.shape[1]), np.float32), np.cumsum([table[w].sum(0) for w in words], 0)])
    n = len(words)
    return unit(np.array([sums[min(i + k, n)] - sums[i] for k in WINDOWS for i in range(max(1, n - k + 1))], np.float32))


class Index:
    """Everything about the skills that scoring needs."""

    def __init__(self, skills, table, pieces):
        from sklearn.feature_extraction.text import TfidfVectorizer
        self.table, self.pieces = table, pieces
        self.label = encode(table, pieces([s.label for s in skills]))
        self.described = encode(table, pieces([f"{s.label} {s.description}" for s in skills]))
        names = [(name, i) for i, s in enumerate(skills) for name in [s.label, *s.alternatives]]
        self.name = encode(table, pieces([name for name, _ in names]))
        self.first_name = np.flatnonzero(np.diff([-1, *[i for _, i in names]]))
        self.grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=2)
        self.gram_rows = self.grams.fit_transform([" ".join([s.label, *s.alternatives[:8]]) for s in skills])

    def signals(self, sentences):
        """Each signal as `[n_sentences, n_skills]`."""
        texts = self.pieces(sentences)
        q = encode(self.table, texts)
        return {
            "label": q @ self.label.T,
            "name": np.maximum.reduceat(q @ self.name.T, self.first_name, axis=1),
            "described": q @ self.described.T,
            "window": np.stack([(windows(self.table, words) @ self.label.T).max(0) for words in texts]),
            "overlap": (self.grams.transform(sentences) @ self.gram_rows.T).toarray(),
        }


def score(signals, weights):
    return sum(w * signals[name] for name, w in weights.items())


def metrics(scores, gold):
    """MRR and RP@1/5/10 in percent; RP@k = hits in the first k / min(k, number of gold labels)."""
    found = {"mrr": [], "rp1": [], "rp5": [], "rp10": []}
    for row, want in zip(scores, gold):
        order = np.argsort(-row, kind="stable")
        hit = np.isin(order, list(want))
        found["mrr"].append(1 / (1 + np.argmax(hit)))
        for k in (1, 5, 10):
            found[f"rp{k}"].append(hit[:k].sum() / min(k, len(want)))
    return {name: 100 * float(np.mean(v)) for name, v in found.items()}


def line(m):
    return "  ".join(f"{k} {v:.1f}" for k, v in m.items())


def popularity(path, skills):
    """ln(expected mentions + 0.1) of each skill, from popularity.tsv."""
    found = dict(text.rstrip("\n").split("\t") for text in open(path, encoding="utf-8"))
    return np.log(np.array([float(found.get(s.uri, 0)) for s in skills]) + 0.1)


def prior(folder, skills):
    """Signals that do not depend on the sentence, `[n_skills]`."""
    return {"popularity": popularity(Path(folder) / "popularity.tsv", skills), "knowledge": np.array([float(s.kind == "knowledge") for s in skills])}


def national(index, skills, args):
    """Prints hit@1 / hit@10 of the held-out national names: against English only, and with the language's labels."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    at, labels = {s.uri: i for i, s in enumerate(skills)}, skill_labels(args.labels)
    grams = lambda names: TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit(names)
    english = [n for s in skills for n in [s.label, *s.alternatives]]
    english_grams = grams(english)
    english_rows = english_grams.transform(english)
    for lang in ("de", "sv", "nl", "fr"):
        gold = {}
        for language, name, uri, match in crosswalk(args.crosswalk, held_out=True):
            if language == lang and match == "exactMatch" and uri in at:
                gold.setdefault(name, set()).add(at[uri])
        queries, want = list(gold), list(gold.values())
        q = encode(index.table, index.pieces(queries))
        names = sorted([(at[u], t) for u, t in labels[lang] if u in at])
        owner, texts = np.array([i for i, _ in names]), [t for _, t in names]
        first = np.flatnonzero(np.diff([-1, *owner]))

        def best(similarities):
            full = np.zeros((len(queries), len(skills)), np.float32)
            full[:, owner[first]] = np.maximum.reduceat(similarities, first, axis=1)
            return full

        own_grams = grams(texts)
        of_names = lambda m: np.maximum.reduceat(m, index.first_name, axis=1)
        cross = 0.5 * q @ index.label.T + of_names(q @ index.name.T) + q @ index.described.T
        spelled = of_names((english_grams.transform(queries) @ english_rows.T).toarray())
        indexed = best(q @ encode(index.table, index.pieces(texts)).T) + 0.5 * best((own_grams.transform(queries) @ own_grams.transform(texts).T).toarray())
        for title, scores in (("English labels only", cross), ("with its labels", cross + indexed + 0.5 * spelled)):
            order = np.argsort(-scores, axis=1, kind="stable")
            hit = [100 * np.mean([bool(w & set(o[:k].tolist())) for o, w in zip(order, want)]) for k in (1, 10)]
            print(f"national names {lang} ({len(queries)}), {title}: hit@1 {hit[0]:.1f}, hit@10 {hit[1]:.1f}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--encoder", default=Path(__file__).parent, help="folder with encoder.safetensors and vocab.txt")
    p.add_argument("--esco", required=True, help="official ESCO 1.1.0 package, English classification (zip or folder)")
    p.add_argument("--annotations", nargs="+", required=True, help="HOUSE and TECH files")
    p.add_argument("--skillskape", help="SkillSkape dev.csv, first 400 sentences")
    p.add_argument("--crosswalk", help="national skill names (.tsv), with --labels")
    p.add_argument("--labels", help="skill labels of other languages (.tsv.gz)")
    p.add_argument("--grid", action="store_true", help="search the weights by the mean of RP@5 and MRR on HOUSE and TECH")
    args = p.parse_args()
    skills = esco_skills(args.esco)
    row_of = row_by_label(skills)
    index = Index(skills, *load(args.encoder))
    sets = {Path(path).stem: annotated(path, row_of) for path in args.annotations}
    if args.skillskape:
        found = skillskape(args.skillskape, row_of)[:400]
        sets["skillskape"] = [s for s, _ in found], [set(g) for _, g in found]
    signals = {name: index.signals(sentences) for name, (sentences, _) in sets.items()}
    fusion = json.loads((Path(args.encoder) / "fusion.json").read_text(encoding="utf-8"))["score"]
    for name, (_, gold) in sets.items():
        for signal in signals[name]:
            print(f"{name:30s} {signal:12s} {line(metrics(signals[name][signal], gold))}")
        print(f"{name:30s} {'plain sum':12s} {line(metrics(score(signals[name], PLAIN_WEIGHTS), gold))}")
        fixed = {k: np.broadcast_to(v, signals[name]["label"].shape) for k, v in prior(args.encoder, skills).items()}
        print(f"{name:30s} {'fusion.json':12s} {line(metrics(score({**signals[name], **fixed}, fusion), gold))}")
    if args.crosswalk:
        national(index, skills, args)
    if args.grid:
        rows = []
        for a, b, c, d in itertools.product((0, 0.5, 1), (0, 0.5, 1), (1, 1.5, 2, 3), (0, 0.25, 0.5, 0.75, 1, 1.5)):
            weights = {"label": 1, "name": a, "described": b, "window": c, "overlap": d}
            m = {name: metrics(score(signals[name], weights), gold) for name, (_, gold) in sets.items() if name != "skillskape"}
            rows.append((np.mean([x["rp5"] + x["mrr"] for x in m.values()]) / 2, weights, m))
        for mean, weights, m in sorted(rows, key=lambda r: -r[0])[:15]:
            print(f"{mean:.2f} {weights} " + " | ".join(f"{k} {line(v)}" for k, v in m.items()))


if __name__ == "__main__":
    main()
