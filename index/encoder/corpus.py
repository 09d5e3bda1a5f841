"""What text is there, and as which word pieces? Reading of ESCO and of annotated sentences, and the tokeniser that Rust mirrors."""
import ast, collections, csv, io, re, zipfile
from dataclasses import dataclass
from pathlib import Path
import numpy as np

csv.field_size_limit(10**9)


@dataclass(frozen=True)
class Skill:
    uri: str
    label: str
    alternatives: list[str]
    description: str
    kind: str          # 'skill/competence' or 'knowledge'
    reuse_level: str   # 'transversal', 'cross-sector', 'sector-specific', 'occupation-specific' or ''


def rows(package, name_start):
    """Rows of the first file of the zip or folder `package` whose name starts with `name_start`."""
    package = Path(package)
    if package.is_dir():
        with open(next(package.glob(name_start + "*.csv")), encoding="utf-8-sig") as f:
            return list(csv.DictReader(f))
    with zipfile.ZipFile(package) as z:
        name = next(n for n in z.namelist() if Path(n).name.startswith(name_start))
        return list(csv.DictReader(io.TextIOWrapper(z.open(name), encoding="utf-8-sig")))


def lines(cell):
    return [part.strip() for part in (cell or "").split("\n") if part.strip()]


def esco_skills(package):
    """The English skills of an official ESCO package, in the order of the file."""
    return [
        Skill(r["conceptUri"], r["preferredLabel"].strip(), lines(r["altLabels"]), (r["description"] or "").strip(), r["skillType"], r["reuseLevel"])
        for r in rows(package, "skills_en")
    ]


def row_by_label(skills):
    """Row of each preferred label; of two skills with one label, the first."""
    found = {}
    for i, skill in enumerate(skills):
        found.setdefault(skill.label, i)
    return found


def sentences_of(text):
    return [s for s in re.split(r"(?<=[.;])\s+", text) if len(s) > 12]


def skillskape(path, row_of):
    """(sentence, rows of its skills) of a SkillSkape file; sentences without a known skill are left out."""
    out = []
    with open(path, encoding="utf-8") as f:
        for r in csv.DictReader(f):
            names = ast.literal_eval(r["skills"]) if r["skills"].startswith("[") else [r["skills"]]
            found = [row_of[n.strip()] for n in names if n.strip() in row_of]
            if found:
                out.append((r["sentence"], found))
    return out


def annotated(path, row_of):
    """(sentences, sets of gold rows) of a HOUSE or TECH file: sentences with at least one ESCO label."""
    gold = collections.OrderedDict()
    with open(path, encoding="utf-8") as f:
        for r in csv.DictReader(f):
            row = row_of.get(r["label"].strip())
            if row is not None:
                gold.setdefault(r["sentence"], set()).add(row)
    return list(gold), list(gold.values())


class Pieces:
    """BERT-uncased word pieces without special tokens; an empty text has none."""

    def __init__(self, vocab_path):
        from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
        vocab = {piece: i for i, piece in enumerate(Path(vocab_path).read_text(encoding="utf-8").rstrip("\n").split("\n"))}
        self.size, self.unknown = len(vocab), vocab["[UNK]"]
        self.tokeniser = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]", max_input_chars_per_word=100))
        self.tokeniser.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True)
        self.tokeniser.pre_tokenizer = pre_tokenizers.BertPreTokenizer()

    def __call__(self, texts):
        """Per text the list of its words, each a list of piece ids."""
        out = []
        for encoding in self.tokeniser.encode_batch(list(texts)):
            words = collections.OrderedDict()
            for piece, word in zip(encoding.ids, encoding.word_ids):
                words.setdefault(word, []).append(piece)
            out.append(list(words.values()))
        return out


class Ragged:
    """Many texts as flat arrays: pieces, where each word starts, where each text starts."""

    def __init__(self, texts, n_pieces_max=None):
        if n_pieces_max:
            texts = [clip(words, n_pieces_max) for words in texts]
        self.pieces = np.array([p for words in texts for w in words for p in w], np.int64)
        self.word_start = np.cumsum([0] + [len(w) for words in texts for w in words])
        self.text_start = np.cumsum([0] + [len(words) for words in texts])

    def __len__(self):
        return len(self.text_start) - 1

    def take(self, which):
        """(pieces, start of each word in them, number of words per text) of the texts `which`."""
        which = np.asarray(which)
        first, n_words = self.text_start[which], self.text_start[which + 1] - self.text_start[which]
        words = spread(first, n_words)
        n_pieces = self.word_start[words + 1] - self.word_start[words]
        return self.pieces[spread(self.word_start[words], n_pieces)], np.cumsum(n_pieces) - n_pieces, n_words


def clip(words, n_pieces_max):
    kept, n = [], 0
    for word in words:
        n += len(word)
        if n > n_pieces_max:
            break
        kept.append(word)
    return kept or [words[0][:n_pieces_max]]


def spread(start, length):
    """The ranges start..start+length, one after the other."""
    ends = np.cumsum(length)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(start - ends + length, length)


LANGUAGES = ("de", "fr", "es", "nl", "sv", "da")


def skill_labels(path):
    """{language: [(uri, label)]} of the tab-separated multilingual labels (.gz)."""
    import gzip
    out = collections.defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as f:
        for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            if r["label"].strip():
                out[r["lang"]].append((r["conceptUri"], r["label"].strip()))
    return out


def occupation_labels(path, languages):
    """{language: [(uri, label)]} of the archive of occupation labels."""
    import tarfile
    out = {}
    with tarfile.open(path) as archive:
        for language in languages:
            text = io.TextIOWrapper(archive.extractfile(f"occupation_labels/occ_{language}.tsv"), encoding="utf-8")
            out[language] = [(r["conceptUri"], r["label"].strip()) for r in csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE) if r["label"] and r["label"].strip()]
    return out


def german_descriptions(package):
    """{uri: description} of everything that the partial German package describes."""
    out = {}
    for name in ("digitalSkillsCollection_de", "greenSkillsCollection_de", "transversalSkillsCollection_de", "languageSkillsCollection_de",
                 "researchSkillsCollection_de", "skillGroups_de", "ISCOGroups_de", "occupations_de"):
        for r in rows(package, name):
            if (r["description"] or "").strip():
                out[r["conceptUri"]] = r["description"].strip()
    return out


def skillspan(path):
    """(tokens, spans, any) of ad sentences: spans are (start, end, 'skill' or 'knowledge')."""
    import json
    out = []
    for text in open(path, encoding="utf-8"):
        r = json.loads(text)
        spans = []
        for kind in ("skill", "knowledge"):
            start = None
            for i, tag in enumerate([*r[f"tags_{kind}"], "O"]):
                if start is not None and tag != "I":
                    spans.append((start, i, kind))
                    start = None
                if tag == "B":
                    start = i
        out.append((r["tokens"], sorted(spans), r["source"]))
    return out


def crosswalk(path, held_out):
    """(language, national name, uri, match) of the crosswalk; the quarter of ESCO's skills whose URI ends in 0 to 3 is held out for measuring."""
    with open(path, encoding="utf-8") as f:
        found = csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(r["lang"], r["label"].strip(), r["esco_uri"], r["match"]) for r in found if (r["esco_uri"][-1] in "0123") == held_out]
