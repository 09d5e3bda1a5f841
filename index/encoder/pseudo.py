"""Which skill does a marked span of a real ad most likely mean? Two encoders and the spelling vote; only confident votes are used."""
from dataclasses import dataclass
import numpy as np
from evaluate import Index

REUSE_BONUS = {"transversal": 0.08, "cross-sector": 0.02, "occupation-specific": -0.06}


@dataclass(frozen=True)
class Pseudo:
    span: str
    sentence: str
    skill: int
    share: float       # of the best among the five best
    confidence: float  # sum of the votes, about 0 to 2.5


def label_spans(sources, table, pieces, teacher):
    """(pseudo labels, expected number of spans per skill)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    skills = sources.skills
    index = Index(skills, table, pieces)
    names = [n for s in skills for n in [s.label, *s.alternatives]]
    of_names, of_texts = teacher(names), teacher([described(s.label, s.description) for s in skills])
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    gram_rows = grams.fit_transform(names)
    bonus = np.array([REUSE_BONUS.get(s.reuse_level, 0) for s in skills])
    spans = [(" ".join(tokens[a:b]), " ".join(tokens)) for tokens, found, _ in sources.spans for a, b, _ in found]
    out, expected = [], np.zeros(len(skills))
    for start in range(0, len(spans), 256):
        part = spans[start:start + 256]
        texts = [span for span, _ in part]
        q, context = teacher(texts), teacher([sentence for _, sentence in part])
        larger = np.maximum.reduceat(q @ of_names.T, index.first_name, axis=1) + 0.3 * (q + context) @ of_texts.T
        s = index.signals(texts)
        spelled = np.maximum.reduceat((grams.transform(texts) @ gram_rows.T).toarray(), index.first_name, axis=1)
        votes = larger / 1.6 + (s["label"] + 0.5 * s["name"] + 0.3 * s["described"]) / 1.8 + 0.5 * spelled + bonus
        for (span, sentence), row in zip(part, votes):
            best = np.argsort(-row, kind="stable")[:5]
            share = np.exp(12 * (row[best] - row[best[0]]))
            share /= share.sum()
            expected[best] += share
            out.append(Pseudo(span, sentence, int(best[0]), float(share[0]), float(row[best[0]])))
    return out, expected


def described(label, description):
    return f"{label}: {description}"
