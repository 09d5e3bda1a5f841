"""Which occupation is a job, and which words of a CV name one? Fits the weights of `src/demand/about.rs` and `src/gap/past_jobs.rs` on the made ads and
CVs of the corpus, and prints what they reach on its check set.

Occupation: a softmax over all occupations (conditional logit; McFadden 1974) whose mass on the occupations that the author of a text names is made as large as
possible. Of what it is sure a tenth and more is a sibling all the same (a jeweller for a goldsmith): the probability p is said as p (1 - doubt p). Names: logistic.
What is printed for `train` is cross-validated; languages without labels of occupations (Finnish) are shown by themselves.

    cargo run --release -p skillgap-eval --example occupation_features -- ../shared/data index/encoder/corpus OUT
    python3 occupations.py OUT
"""
import json, sys
import numpy as np
from scipy.optimize import minimize

RIDGE = 0.03
FOLDS = 5
SAID_FROM = 0.05  # what is less likely is not named
BINS = (0.1, 0.2, 0.4, 0.6, 0.8, 1.01)


def load(stem):
    lines = [json.loads(line) for line in open(stem + ".jsonl", encoding="utf-8")]
    texts, groups = lines[:-1], np.array(lines[-1]["groups"])
    return texts, groups, np.fromfile(stem + ".f32", "<f4").reshape(len(texts), len(groups), -1)


def probabilities(weights, x):
    scores = x @ weights
    p = np.exp(scores - scores.max())
    return p / p.sum()


def fit(xs, rights):
    """Weights `[n_features]` of features divided by `scale`, so that the pull to zero is the same for all."""
    scale = np.concatenate([x[::50] for x in xs]).std(0) + 1e-6
    xs = [x / scale for x in xs]

    def loss(weights):
        value, slope = RIDGE * weights @ weights, 2 * RIDGE * weights
        for x, right in zip(xs, rights):
            p = probabilities(weights, x)
            mass = p[right].sum() + 1e-12
            value -= np.log(mass) / len(xs)
            slope -= (p[right] @ x[right] / mass - p @ x) / len(xs)
        return value, slope

    # L-BFGS stops long before the optimum here.
    return minimize(loss, np.zeros(xs[0].shape[1]), jac=True, method="BFGS").x / scale


def doubted(p, doubt):
    return np.clip(p * (1 - doubt * p), 1e-6, 1 - 1e-6)


def logistic(x, y, ridge=0.0):
    """Weights `[n_features + 1]`, the last one of the constant."""
    mean, scale = x.mean(0), x.std(0) + 1e-9
    z = np.column_stack([(x - mean) / scale, np.ones(len(x))])

    def loss(weights):
        scores = z @ weights
        value = np.mean(np.logaddexp(0, scores) - y * scores) + ridge * weights[:-1] @ weights[:-1]
        slope = z.T @ (1 / (1 + np.exp(-scores)) - y) / len(y) + 2 * ridge * np.append(weights[:-1], 0)
        return value, slope

    weights = minimize(loss, np.zeros(z.shape[1]), jac=True, method="BFGS").x
    of_features = weights[:-1] / scale
    return np.append(of_features, weights[-1] - of_features @ mean)


def best(texts, ps):
    """(probability, whether right) of the five likeliest of each text."""
    said = [(p[b], b in text["right"]) for text, p in zip(texts, ps) for b in np.argsort(-p, kind="stable")[:5]]
    return np.array(said, float)


def report(name, texts, groups, ps, doubt):
    rows = {}
    for text, p in zip(texts, ps):
        likeliest = np.argsort(-p, kind="stable")[:5]
        in_group, right = [groups[b] in text["isco"] for b in likeliest], [b in text["right"] for b in likeliest]
        for key in (text["lang"], "all with labels") if text["lang"] != "fi" else ("fi",):
            rows.setdefault(key, []).append((in_group[0], any(in_group), right[0], any(right)))
    for key, values in sorted(rows.items()):
        print(name, key, len(values), "group first, five; occupation first, five:", *np.round(100 * np.mean(values, 0)).astype(int))
    said = best(texts, ps)
    said[:, 0] = doubted(said[:, 0], doubt)
    for low, high in zip(BINS, BINS[1:]):
        inside = said[(said[:, 0] >= low) & (said[:, 0] < high)]
        if len(inside):
            print(f"{name} said {low} to {high}: {len(inside)} times, {100 * inside[:, 0].mean():.0f} % said, {100 * inside[:, 1].mean():.0f} % right")


def occupations(stem, name):
    texts, groups, x = load(f"{stem}-{name}")
    right = [text["right"] for text in texts]
    train = [at for at, text in enumerate(texts) if text["set"] == "train" and right[at]]
    check = [at for at, text in enumerate(texts) if text["set"] == "check" and right[at]]
    of = lambda some: ([x[at].astype(np.float64) for at in some], [right[at] for at in some])
    held_out = {}
    for fold in range(FOLDS):
        weights = fit(*of([at for n, at in enumerate(train) if n % FOLDS != fold]))
        held_out |= {at: probabilities(weights, x[at]) for n, at in enumerate(train) if n % FOLDS == fold}
    of_train, ps = [texts[at] for at in train], [held_out[at] for at in train]
    said = best(of_train, ps)
    said = said[said[:, 0] >= SAID_FROM]
    doubts = np.arange(0, 0.5, 0.01)
    likelihood = lambda doubt: np.sum(np.where(said[:, 1] > 0, np.log(doubted(said[:, 0], doubt)), np.log(1 - doubted(said[:, 0], doubt))))
    doubt = doubts[np.argmax([likelihood(doubt) for doubt in doubts])]
    report(f"{name} train", of_train, groups, ps, doubt)
    weights = fit(*of(train))
    report(f"{name} check", [texts[at] for at in check], groups, [probabilities(weights, x[at]) for at in check], doubt)
    print(name, "weights", np.round(weights, 2).tolist(), "doubt", round(doubt, 2))


def names(stem):
    lines = [json.loads(line) for line in open(stem + "-names.jsonl", encoding="utf-8")]
    x, y = np.array([line["features"] for line in lines], float), np.array([line["right"] for line in lines], float)
    train, ids = np.array([line["set"] == "train" for line in lines]), [line["id"] for line in lines]
    fold = np.array([int(of[-2:]) % FOLDS for of in ids])
    p = np.zeros(len(y))
    fits = [(train & (fold != k), train & (fold == k)) for k in range(FOLDS)] + [(train, ~train)]
    for seen, unseen in fits:
        weights = logistic(x[seen], y[seen], 3e-4)
        p[unseen] = 1 / (1 + np.exp(-(x[unseen] @ weights[:-1] + weights[-1])))
    for name, some in (("train", train), ("check", ~train)):
        for low, high in zip(BINS, BINS[1:]):
            inside = some & (p >= low) & (p < high)
            if inside.any():
                print(f"names {name} said {low} to {high}: {inside.sum()} times, {100 * p[inside].mean():.0f} % said, {100 * y[inside].mean():.0f} % right")
    print("names weights", np.round(logistic(x[train], y[train], 3e-4), 2).tolist())


if __name__ == "__main__":
    for name in ("ads", "jobs"):
        occupations(sys.argv[1], name)
    names(sys.argv[1])
