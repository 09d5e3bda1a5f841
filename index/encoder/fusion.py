"""How are the signals of a plain English sentence added up, and which pieces ask for something? Writes both to fusion.json and gate.safetensors, and prints
what they reach. The score finds candidates and ranks for learning outcomes; calibrate.py fits those of ads and CVs, and how likely a link is to be right.

Score: listwise softmax over all skills, fitted on the annotated sentences. Probability: a logistic model over the best ten skills of each
sentence, of annotated sentences and of sentences that ask for nothing. Everything printed is for a set that the fit has not seen: HOUSE with
TECH's fit and the other way round, with half of the sentences that ask for nothing each.

    python3 fusion.py --esco ESCO_1.1.0_EN.zip --house house_validation_annotations.csv --tech tech_validation_annotations.csv \\
        --skillspan skillspan_train.jsonl --skillskape dev.csv
"""
import argparse, csv, json
from pathlib import Path
import numpy as np
import gate
from corpus import esco_skills, row_by_label, skillskape
from evaluate import Index, line, load, metrics, prior

SIGNALS = ("name", "described", "window", "overlap", "popularity", "knowledge")
FEATURES = ("score", "behind_best", "share", "gate", "window", "name", "overlap", "label_words")
N_CANDIDATES, N_SILENT = 10, 800


def all_annotated(path, row_of):
    """(sentences, sets of gold rows, possibly empty)."""
    gold = {}
    with open(path, encoding="utf-8") as f:
        for r in csv.DictReader(f):
            gold.setdefault(r["sentence"], set())
            if (row := row_of.get(r["label"].strip())) is not None:
                gold[r["sentence"]].add(row)
    return list(gold), list(gold.values())


def stack(signals):
    return np.stack([signals[name] for name in SIGNALS], -1).astype(np.float32)


def fit_weights(sets, ridge=4e-4):
    """Weights of the signals, by gradient descent on the listwise loss."""
    import torch
    weights = torch.full((len(SIGNALS),), 3.0, requires_grad=True)
    data = [(torch.tensor(x[k]), sorted(g)) for x, gold in sets for k, g in enumerate(gold) if g]
    optimiser = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = sum(-torch.log_softmax(x @ weights, 0)[g].mean() for x, g in data) / len(data) + ridge * (weights ** 2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return weights.detach().numpy()


def candidates(x, gates, weights, skills):
    """(rows of the best skills `[n, N_CANDIDATES]`, their features)."""
    scores = x @ weights
    best = np.argsort(-scores, axis=1, kind="stable")[:, :N_CANDIDATES]
    top = np.take_along_axis(scores, best, 1)
    all_mass = np.log(np.exp(scores - top[:, :1]).sum(1, keepdims=True)) + top[:, :1]
    of = lambda name: np.take_along_axis(x[..., SIGNALS.index(name)], best, 1)
    words = np.array([len(s.label.split()) for s in skills])[best]
    parts = [top, top - top[:, :1], top - all_mass, np.repeat(gates[:, None], N_CANDIDATES, 1), of("window"), of("name"), of("overlap"), words]
    return best, np.stack(parts, -1)


def fit_probability(groups):
    """Logistic model over (features, rows, gold) of several groups of sentences."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler
    x = np.concatenate([f.reshape(-1, len(FEATURES)) for _, f, _ in groups])
    y = np.concatenate([[row in g for rows, g in zip(best, gold) for row in rows] for best, _, gold in groups])
    scaler = StandardScaler().fit(x)
    model = LogisticRegression(C=0.3, max_iter=1000).fit(scaler.transform(x), y)
    weights = model.coef_[0] / scaler.scale_
    return weights, float(model.intercept_[0] - weights @ scaler.mean_)


def probability(features, model):
    return 1 / (1 + np.exp(-(features @ model[0] + model[1])))


def linked(p, best, gold, threshold, n_max=3):
    """(true links, all links, gold links, share of sentences with a link)."""
    take = (p >= threshold) & (np.argsort(np.argsort(-p, axis=1), axis=1) < n_max)
    true = sum(row in g for rows, chosen, g in zip(best, take, gold) for row in rows[chosen])
    return true, int(take.sum()), sum(map(len, gold)), take.any(1).mean()


def calibration_error(p, y, n_bins=10):
    edges = np.quantile(p, np.linspace(0, 1, n_bins + 1)[1:-1])
    bins = np.digitize(p, edges)
    return sum(abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--encoder", default=Path(__file__).parent, type=Path)
    for name in ("esco", "house", "tech", "skillspan", "skillskape"):
        p.add_argument(f"--{name}", required=True)
    args = p.parse_args()
    skills = esco_skills(args.esco)
    row_of = row_by_label(skills)
    table, pieces = load(args.encoder)
    index = Index(skills, table, pieces)
    fixed = prior(args.encoder, skills)

    def signals(sentences):
        found = index.signals(sentences)
        return stack({**found, **{name: np.broadcast_to(v, found["name"].shape) for name, v in fixed.items()}})

    weights, log_words, intercept, unseen = gate.learn(args.skillspan, pieces)
    texts, asks, _ = gate.sentences(args.skillspan)
    from sklearn.metrics import roc_auc_score
    print(f"gate: AUC {roc_auc_score(asks, unseen):.3f}; " + ", ".join(
        f"keeps {keep} % of asking, {100 * (unseen[~asks] > np.quantile(unseen[asks], 1 - keep / 100)).mean():.1f} % of silent" for keep in (95, 90, 80)))

    sets = {name: all_annotated(getattr(args, name), row_of) for name in ("house", "tech")}
    x = {name: signals(sentences) for name, (sentences, _) in sets.items()}
    gates = {name: gate.logits(pieces(sentences), weights, log_words, intercept) for name, (sentences, _) in sets.items()}
    silent = np.random.default_rng(0).permutation(np.flatnonzero(~asks))[:N_SILENT]
    halves = {"house": silent[::2], "tech": silent[1::2]}
    quiet = {name: (signals([texts[k] for k in half]), unseen[half]) for name, half in halves.items()}

    ranked = lambda scores, gold: metrics(scores[[bool(g) for g in gold]], [g for g in gold if g])
    results = []
    for seen, tested in (("tech", "house"), ("house", "tech")):
        w = fit_weights([(x[seen], sets[seen][1])])
        print(f"{tested} with the weights of {seen}: {line(ranked(x[tested] @ w, sets[tested][1]))}")
        group = lambda name: (*candidates(x[name], gates[name], w, skills), sets[name][1])
        nothing = lambda name: (*candidates(*quiet[name], w, skills), [set()] * len(halves[name]))
        model = fit_probability([group(seen), nothing(seen)])
        results.append((group(tested), nothing(tested), model))
    flat = [np.concatenate([probability(f, m).ravel() for a, b, m in results for _, f, _ in (a, b)]),
            np.concatenate([[row in g for rows, g in zip(best, gold) for row in rows] for a, b, _ in results for best, _, gold in (a, b)])]
    print(f"expected calibration error {100 * calibration_error(*flat):.2f} %")
    for threshold in (0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5):
        counts = np.sum([linked(probability(a[1], m), a[0], a[2], threshold)[:3] for a, _, m in results], axis=0)
        silence = np.mean([linked(probability(b[1], m), b[0], b[2], threshold)[3] for _, b, m in results])
        print(f"p >= {threshold:.2f}: precision {100 * counts[0] / max(1, counts[1]):.1f} recall {100 * counts[0] / counts[2]:.1f} "
              f"F1 {200 * counts[0] / (counts[1] + counts[2]):.1f}, silent sentences with a link {100 * silence:.1f} %")

    w = fit_weights([(x[name], sets[name][1]) for name in sets])
    for name in sets:
        print(f"{name} with the weights of both: {line(ranked(x[name] @ w, sets[name][1]))}")
    found = skillskape(args.skillskape, row_of)[::6]
    print(f"skillskape with the weights of both: {line(metrics(signals([s for s, _ in found]) @ w, [set(g) for _, g in found]))}")

    from safetensors.numpy import load_file, save_file
    path = args.encoder / "gate.safetensors"
    save_file({**(load_file(path) if path.exists() else {}), "gate": weights}, path)
    rounded = lambda names, values: {name: round(float(v), 4) for name, v in zip(names, values)}
    path = args.encoder / "fusion.json"
    fusion = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for part, values in (("score", rounded(SIGNALS, w)), ("gate", {"intercept": round(intercept, 4), "log_words": round(log_words, 4)})):
        fusion[part] = {**fusion.get(part, {}), **values}
    path.write_text(json.dumps(fusion, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
