"""How likely is a link that the linker infers for a learning outcome? Fits the `outcome` part of fusion.json on outcomes whose links were read by eye.

    cargo run --release -p skillgap-catalogue --example signals -- DATA_DIR outcome < outcomes.jsonl > signals.jsonl
    python3 outcomes.py --credentials ../starter/credentials.jsonl --write-texts outcomes.jsonl
    python3 outcomes.py --credentials ../starter/credentials.jsonl --signals signals.jsonl

Run the last line first with --write-texts, then the example, then again with --signals. Gold are the reviewed links of the starter credentials
(76 outcomes); they are few and strict, so the model has few weights and the figures printed are of five folds that keep a credential together.
"""
import argparse, json
from pathlib import Path
import numpy as np

FEATURES = ("behind_best", "share", "window", "name", "overlap")


def outcomes(path):
    """(credential, text, set of reviewed URIs) of each outcome."""
    for line in open(path, encoding="utf-8"):
        credential = json.loads(line)
        for outcome in credential["outcomes"]:
            yield credential["id"], outcome["text"]["en"], {link["uri"] for link in outcome["skills"]}


def rows(signals, gold, n_best=3):
    """(features, right or not) of the best skills of one outcome; a signal is [nearest name, described, window, overlap, name, confidence]."""
    scores = np.array([score for _, score, _ in signals])
    mass = scores.max() + np.log(np.exp(scores - scores.max()).sum())
    for (uri, score, s) in signals[:n_best]:
        yield [score - scores.max(), score - mass, s[2], s[0], s[3]], uri in gold


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--credentials", required=True)
    p.add_argument("--write-texts")
    p.add_argument("--signals")
    args = p.parse_args()
    found = list(outcomes(args.credentials))
    if args.write_texts:
        with open(args.write_texts, "w", encoding="utf-8") as f:
            f.writelines(json.dumps({"id": k, "text": text, "lang": "en"}) + "\n" for k, (_, text, _) in enumerate(found))
        return
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    x, y, groups = [], [], []
    for line, (credential, _, gold) in zip(open(args.signals, encoding="utf-8"), found):
        for features, right in rows(json.loads(line)["skills"], gold):
            x.append(features), y.append(right), groups.append(credential)
    x, y = np.array(x), np.array(y)
    model = LogisticRegression(C=0.3, max_iter=1000)
    unseen = cross_val_predict(model, x, y, groups=groups, cv=GroupKFold(5), method="predict_proba")[:, 1]
    for low, high in ((0, 0.2), (0.2, 0.35), (0.35, 0.5), (0.5, 0.7), (0.7, 1)):
        chosen = (unseen >= low) & (unseen < high)
        if chosen.any():
            print(f"p in [{low}, {high}): {chosen.sum()} links, {100 * y[chosen].mean():.0f} % right, mean p {100 * unseen[chosen].mean():.0f} %")
    model.fit(x, y)
    path = Path(__file__).with_name("fusion.json")
    fusion = json.loads(path.read_text(encoding="utf-8"))
    fusion["outcome"] = {"intercept": round(float(model.intercept_[0]), 4), **{n: round(float(w), 4) for n, w in zip(FEATURES, model.coef_[0])}}
    path.write_text(json.dumps(fusion, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
