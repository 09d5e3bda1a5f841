"""Which texts say what, for training? Concepts of ESCO, and every text that names, describes or asks for one of them."""
import json, random, re
from dataclasses import dataclass, field
import numpy as np
from corpus import (LANGUAGES, crosswalk, esco_skills, german_descriptions, lines, occupation_labels, row_by_label, rows, sentences_of, skill_labels, skillskape, skillspan)

AND = {"de": " und ", "fr": " et ", "es": " y ", "nl": " en ", "sv": " och ", "da": " og "}
ENGLISH_KINDS = ("alternative", "description", "skillskape", "substituted", "pseudo", "unlabelled")
N_SUBSTITUTED, N_LISTS = 30_000, 8_000


@dataclass
class Texts:
    """Parallel lists: text, row of its concept (-1: unknown), kind, number of its sentence (texts of one sentence are not each other's negatives)."""
    text: list = field(default_factory=list)
    owner: list = field(default_factory=list)
    kind: list = field(default_factory=list)
    sentence: list = field(default_factory=list)
    n_sentences: int = 0

    def add(self, text, owners, kind, copies=1):
        self.n_sentences += 1
        for owner in dict.fromkeys(owners):
            for _ in range(copies):
                self.text.append(text)
                self.owner.append(owner)
                self.kind.append(kind)
                self.sentence.append(self.n_sentences)


class Sources:
    def __init__(self, args):
        self.skills = esco_skills(args.esco)
        self.row_of = row_by_label(self.skills)
        self.concepts = [(s.uri, s.label, s.alternatives, s.description) for s in self.skills]
        for name in ("occupations_en", "ISCOGroups_en", "skillGroups_en"):
            for r in rows(args.esco, name):
                self.concepts.append((r["conceptUri"], r["preferredLabel"].strip(), lines(r["altLabels"]), (r["description"] or "").strip()))
        self.at = {uri: i for i, (uri, *_) in enumerate(self.concepts)}
        self.skillskape = skillskape(args.skillskape, self.row_of)
        self.spans = skillspan(args.skillspan)
        self.labels = {lang: [(self.at[u], t) for u, t in found if u in self.at] for lang, found in skill_labels(args.labels).items()}
        self.occupations = {lang: [(self.at[u], t) for u, t in found if u in self.at] for lang, found in occupation_labels(args.occupation_labels, LANGUAGES).items()}
        self.german = [(self.at[u], t) for u, t in german_descriptions(args.german).items() if u in self.at]
        self.national = [(self.at[uri], name, match) for _, name, uri, match in crosswalk(args.crosswalk, held_out=False) if uri in self.at]
        self.unlabelled = unlabelled(args)


def unlabelled(args):
    """English statements and outcomes without any ESCO link."""
    found = []
    for text in open(args.statements, encoding="utf-8"):
        found += json.loads(text)["statements"]
    for text in open(args.lessons, encoding="utf-8"):
        r = json.loads(text)
        found += r["objectives"] + r["keypoints"]
    for text in open(args.courses, encoding="utf-8"):
        r = json.loads(text)
        if r["country"] in ("United Kingdom", "Ireland", "United States") or r["language"] in ("en", "English"):
            for part in ("description", "objectives", "learning_outcomes"):
                found += re.split(r"(?<=[.;])\s+|\n|•", r[part] or "")
    return list(dict.fromkeys(t.strip() for t in found if 12 < len(t) < 400))


def vocabulary_texts(sources):
    """The texts that the word pieces are learned on."""
    out = []
    for _, label, alternatives, description in sources.concepts:
        out += [label, label, *alternatives, description]
    out += [" ".join(tokens) for tokens, _, _ in sources.spans] * 3 + [s for s, _ in sources.skillskape] + sources.unlabelled
    for lang in LANGUAGES:
        out += [t for _, t in sources.labels[lang]] * (3 if lang == "nl" else 2) + [t for _, t in sources.occupations[lang]]
    return out + [t for _, t in sources.german]


def clauses(sentences, rng, n_max):
    """Clauses of 2 to 12 words and random runs of 3 to 6 words."""
    out = []
    for sentence in sentences:
        for part in re.split(r"[,;:()/•]|\band\b|\bor\b|\. ", sentence):
            words = part.split()
            if 2 <= len(words) <= 12:
                out.append(" ".join(words))
            if len(words) > 6:
                size = rng.choice((3, 4, 5, 6))
                start = rng.randrange(len(words) - size + 1)
                out.append(" ".join(words[start:start + size]))
    out = list(dict.fromkeys(out))
    rng.shuffle(out)
    return out[:n_max]


def substituted(sources, rng):
    """Real ad sentences whose marked spans are replaced by names of random skills of the same kind."""
    by_kind = {kind: [i for i, s in enumerate(sources.skills) if (s.kind == "knowledge") == (kind == "knowledge")] for kind in ("skill", "knowledge")}
    templates = [(tokens, spans) for tokens, spans, _ in sources.spans if spans]
    for _ in range(N_SUBSTITUTED):
        tokens, spans = rng.choice(templates)
        words, last, owners = [], 0, []
        for start, end, kind in spans:
            if start >= last and rng.random() > 0.2:
                row = rng.choice(by_kind[kind])
                skill = sources.skills[row]
                words += [*tokens[last:start], rng.choice([skill.label, *skill.alternatives])]
                owners.append(row)
                last = end
        yield " ".join(words + tokens[last:]), owners[:4]


def lists(names, joiner, rng):
    """Two or three names of one language in a row, as in a bullet."""
    for _ in range(N_LISTS):
        picked = rng.sample(names, rng.choice((2, 2, 3)))
        yield rng.choice((", ", joiner)).join(t for _, t in picked), [i for i, _ in picked]


def supervised(sources, seed):
    """Texts whose concept is known."""
    rng, texts = random.Random(seed), Texts()
    for i, (_, _, alternatives, description) in enumerate(sources.concepts):
        for text in alternatives:
            texts.add(text, [i], "alternative")
        for text in sentences_of(description):
            texts.add(text, [i], "description")
    for text, owners in sources.skillskape:
        texts.add(text, owners, "skillskape", copies=2)
    for text, owners in substituted(sources, rng):
        texts.add(text, owners, "substituted")
    for lang in LANGUAGES:
        for i, text in sources.labels[lang]:
            texts.add(text, [i], "foreign", copies=2 if lang == "nl" else 1)
        for i, text in sources.occupations[lang]:
            texts.add(text, [i], "foreign")
        for text, owners in lists(sources.labels[lang], AND[lang], rng):
            texts.add(text, owners, "foreign list")
    for i, name, match in sources.national:
        texts.add(name, [i], "foreign", copies=4 if match == "exactMatch" else 2)
    for i, description in sources.german:
        for text in sentences_of(description):
            texts.add(text, [i], "foreign")
    return texts


def add_unsupervised(texts, sources, pseudo, seed, n_clauses, confidence_min=1.4, copies=3):
    """Pseudo-labelled spans with their sentences, and texts that only the teacher labels."""
    by_sentence = {}
    for found in pseudo:
        if found.confidence >= confidence_min and found.share > 0.3:
            by_sentence.setdefault(found.sentence, []).append(found.skill)
            texts.add(found.span, [found.skill], "pseudo", copies)
    for sentence, skills in by_sentence.items():
        texts.add(sentence, skills, "pseudo", copies)
    ads = [" ".join(tokens) for tokens, _, _ in sources.spans]
    parts = clauses(ads * 2 + [s for s, _ in sources.skillskape] + sources.unlabelled, random.Random(seed + 1), n_clauses)
    for text in sources.unlabelled + ads + list({p.span for p in pseudo}) + parts:
        texts.add(text, [-1], "unlabelled")
