"""Does a sentence of an ad ask for anything at all? A logistic model over its word pieces, learned on SkillSpan's sentences with and without spans.

    logit = intercept + log_words · ln(1 + number of words) + sum over distinct pieces of gate[piece] / sqrt(number of distinct pieces)

Writes gate.safetensors (`gate` F32 `[n_pieces]`) and returns the two numbers; pieces of other languages than English keep weight 0.
"""
import json
from pathlib import Path
import numpy as np


def sentences(path):
    """(texts, whether each has a span, its ad)."""
    texts, asks, ads = [], [], []
    for line in open(path, encoding="utf-8"):
        r = json.loads(line)
        texts.append(" ".join(r["tokens"]))
        asks.append(any(t != "O" for t in r["tags_skill"] + r["tags_knowledge"]))
        ads.append(f"{r['source']} {r['idx']}")
    return texts, np.array(asks), np.unique(ads, return_inverse=True)[1]


def matrix(words, n_pieces):
    import scipy.sparse as sparse
    distinct = [sorted({p for w in text for p in w}) for text in words]
    data = np.concatenate([np.full(len(d), 1 / np.sqrt(max(1, len(d)))) for d in distinct])
    rows, columns = np.repeat(np.arange(len(words)), [len(d) for d in distinct]), np.concatenate([np.array(d, int) for d in distinct])
    bag = sparse.csr_matrix((data, (rows, columns)), shape=(len(words), n_pieces))
    return sparse.hstack([bag, sparse.csr_matrix(np.log1p([[len(text)] for text in words]))]).tocsr()


def learn(path, pieces):
    """(weights, log_words, intercept, out-of-fold logits of the sentences); folds keep an ad together."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    texts, asks, ads = sentences(path)
    x = matrix(pieces(texts), pieces.size)
    model = LogisticRegression(C=3, max_iter=1000)
    unseen = cross_val_predict(model, x, asks, groups=ads, cv=GroupKFold(5), method="decision_function")
    model.fit(x, asks)
    return model.coef_[0][:-1].astype(np.float32), float(model.coef_[0][-1]), float(model.intercept_[0]), unseen


def logits(words, weights, log_words, intercept):
    return matrix(words, len(weights)) @ np.append(weights, log_words) + intercept
