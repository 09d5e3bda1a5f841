"""Which vectors do words of other languages than English get? Trains a table of hashed character n-grams that is added to the word pieces, and writes `rows` of grams.safetensors.

    python3 grams.py --esco ESCO_1.1.1_EN.zip --labels skill_labels.tsv.gz more_skill_labels.tsv.gz --occupation-labels occupation_labels.tar.gz \\
        --lines corpus/*_?.jsonl authored_*.jsonl

A text in another language is the sum of its pieces' rows and of the rows of its words' n-grams. English has no share in it: its vectors stay as they
are, and they are the targets, so a line in Polish lands where the English names of its skills are. First labels of skills and occupations, each against
those of its batch; then lines of the corpus, each against all skills. Only numpy and scipy; ten to twenty minutes on two cores.
"""
import argparse, json, time
from pathlib import Path
import numpy as np
import scipy.sparse as sparse
from corpus import esco_skills, lines as lines_of, occupation_labels, rows, skill_labels
from evaluate import encode, load, unit

N_BUCKETS, GRAM_MIN, GRAM_MAX = 32768, 3, 5
# Languages in whose texts only whole words count as pieces: the vocabulary was not learned on them, so fragments are noise.
PIECED = ("en", "de", "fr", "es", "nl", "sv", "da")
OCCUPATION_LANGUAGES = ("de", "fr", "es", "nl", "sv", "da", "it", "pl", "pt", "cs", "no", "sk", "ro", "hu", "hr", "sl", "et", "lt", "lv", "bg")
LABEL_NAME_SHARE = 0.6
SCALE, BATCH, SEED, LINE_EPOCHS = 20.0, 2048, 0, 8
# Score against which a line that asks for nothing is weighed: a cosine that links are to stay above.
NOTHING = 0.45
MASK = 0xFFFFFFFFFFFFFFFF


def hashed(text):
    """As `stable_hash` in Rust: FNV-1a of the UTF-8 bytes with a final mix, 64 bits."""
    h = 0xCBF29CE484222325
    for byte in text.encode("utf-8"):
        h = ((h ^ byte) * 0x100000001B3) & MASK
    h = ((h ^ (h >> 32)) * 0x9E3779B97F4A7C15) & MASK
    return h ^ (h >> 29)


def is_word(token):
    return any(c.isalnum() for c in token)


def grams_of(word, n_buckets=N_BUCKETS):
    """Buckets of `<word>` and of its n-grams, in characters; a gram that is all of `<word>` counts twice."""
    marked = f"<{word}>"
    found = [marked]
    for n in range(GRAM_MIN, GRAM_MAX + 1):
        found += [marked[i:i + n] for i in range(len(marked) - n + 1)]
    return [hashed(gram) % n_buckets for gram in found]


class Grams:
    """Word pieces and n-grams of many texts as sparse matrices."""

    def __init__(self, table, pieces, n_buckets=N_BUCKETS):
        self.table, self.pieces, self.n_buckets, self.known = table, pieces, n_buckets, {}
        self.rows = np.zeros((n_buckets, table.shape[1]), np.float32)

    def words(self, text):
        tokeniser = self.pieces.tokeniser
        return [word for word, _ in tokeniser.pre_tokenizer.pre_tokenize_str(tokeniser.normalizer.normalize_str(text)) if is_word(word)]

    def buckets(self, word):
        if word not in self.known:
            self.known[word] = np.array(grams_of(word, self.n_buckets), np.int32) if len(word) <= 100 else np.zeros(0, np.int32)
        return self.known[word]

    def bags(self, texts):
        """`[n_texts, n_buckets]`, how often each bucket stands in each text."""
        of = [np.concatenate([self.buckets(word) for word in self.words(text)] or [np.zeros(0, np.int32)]) for text in texts]
        starts = np.cumsum([0] + [len(b) for b in of])
        return sparse.csr_matrix((np.ones(starts[-1], np.float32), np.concatenate(of), starts), shape=(len(texts), self.n_buckets))

    def sums(self, texts, languages):
        """Sums of the pieces' rows, `[n_texts, dim]`."""
        out = np.zeros((len(texts), self.table.shape[1]), np.float32)
        for at, (words, language) in enumerate(zip(self.pieces(texts), languages)):
            ids = [p for word in words for p in word if language in PIECED or len(word) == 1]
            if ids:
                out[at] = self.table[ids].sum(0)
        return out

    def encode(self, texts, languages):
        """Unit vectors `[n_texts, dim]`."""
        return unit(self.sums(texts, languages) + self.bags(texts) @ self.rows)


class Adam:
    def __init__(self, shape):
        self.m, self.v, self.n = np.zeros(shape, np.float32), np.zeros(shape, np.float32), 0

    def step(self, x, gradient, rate, b1=0.9, b2=0.99):
        self.n += 1
        self.m += (1 - b1) * (gradient - self.m)
        self.v += (1 - b2) * (gradient * gradient - self.v)
        x -= rate * (self.m / (1 - b1 ** self.n)) / (np.sqrt(self.v / (1 - b2 ** self.n)) + 1e-8)


class Texts:
    """What is trained on: pieces' sums, bags, and of each text the rows of its targets, best first; none for a text that asks for nothing."""

    def __init__(self, grams, found):
        self.texts = [text for text, _, _ in found]
        self.sums = grams.sums(self.texts, [language for _, language, _ in found])
        self.bags = grams.bags(self.texts)
        self.targets = [rows for _, _, rows in found]

    def __len__(self):
        return len(self.targets)


def distribution(targets, position, n, best_share=0.6):
    """Wanted shares `[n_texts, n + 1]`: most for the first target, the rest for its near-equals; the last column is for nothing."""
    wanted = np.zeros((len(targets), n + 1), np.float32)
    for at, rows in enumerate(targets):
        if not len(rows):
            wanted[at, n] = 1
            continue
        wanted[at, position[rows[0]]] += best_share if len(rows) > 1 else 1.0
        for row in rows[1:]:
            wanted[at, position[row]] += (1 - best_share) / (len(rows) - 1)
    return wanted


def train(grams, data, targets, epochs, rate, all_rows=None, pull=2.0, batch=BATCH, seed=SEED, title=""):
    """Each text against the targets of its batch, or against `all_rows` of them."""
    generator, adam = np.random.default_rng(seed), Adam(grams.rows.shape)
    n_steps, step, started = max(1, round(epochs * len(data) / batch)), 0, time.time()
    position = np.full(len(targets), -1, np.int64)
    order = np.concatenate([generator.permutation(len(data)) for _ in range(int(np.ceil(epochs)))])
    for step in range(n_steps):
        which = order[step * batch:(step + 1) * batch]
        if not len(which):
            break
        wanted_rows = [data.targets[k] for k in which]
        rows = all_rows if all_rows is not None else np.unique(np.concatenate([r for r in wanted_rows if len(r)]))
        position[rows] = np.arange(len(rows))
        bag = data.bags[which]
        sums = data.sums[which] + bag @ grams.rows
        length = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        v, t = sums / length, targets[rows]
        logits = np.hstack([SCALE * (v @ t.T), np.full((len(which), 1), SCALE * NOTHING, np.float32)])
        logits -= logits.max(1, keepdims=True)
        share = np.exp(logits)
        share /= share.sum(1, keepdims=True)
        wanted = distribution(wanted_rows, position, len(rows))
        loss = -(wanted * np.log(share + 1e-9)).sum(1).mean()
        d_logits = (share - wanted)[:, :-1] * (SCALE / len(which))
        d_v = d_logits @ t
        asks = np.array([len(r) > 0 for r in wanted_rows])
        first = targets[[r[0] if len(r) else 0 for r in wanted_rows]]
        d_v -= (pull / len(which)) * first * asks[:, None]
        d_sums = (d_v - v * (d_v * v).sum(1, keepdims=True)) / length
        adam.step(grams.rows, np.asarray(bag.T @ d_sums.astype(np.float32)), rate * 0.5 * (1 + np.cos(np.pi * step / n_steps)))
        position[rows] = -1
        if step % 40 == 0:
            print(f"{title} {step}/{n_steps} loss {loss:.3f} {time.time() - started:.0f} s", flush=True)


def skill_targets(skills, table, pieces):
    """Where texts about each skill are to land, `[n_skills, dim]`: its label, the mean of its names, and its description."""
    label = encode(table, pieces([s.label for s in skills]))
    described = encode(table, pieces([f"{s.label} {s.description}" for s in skills]))
    names = [(name, at) for at, s in enumerate(skills) for name in [s.label, *s.alternatives]]
    vectors = encode(table, pieces([name for name, _ in names]))
    first = np.flatnonzero(np.diff([-1, *[at for _, at in names]]))
    return unit(label + LABEL_NAME_SHARE * unit(np.add.reduceat(vectors, first, axis=0)) + LABEL_NAME_SHARE * described)


def occupation_targets(package, table, pieces):
    """(URI to position, unit vectors) of occupations and of their groups."""
    occupations, groups = rows(package, "occupations_en"), rows(package, "ISCOGroups_en")
    at = {r["conceptUri"]: k for k, r in enumerate([*occupations, *groups])}
    label = encode(table, pieces([r["preferredLabel"] for r in occupations]))
    others = encode(table, pieces([" ".join(lines_of(r["altLabels"])[:6]) or r["preferredLabel"] for r in occupations]))
    return at, np.vstack([unit(label + 0.5 * others), encode(table, pieces([r["preferredLabel"] for r in groups]))])


def long_uri(uri):
    return uri.replace("s:", "http://data.europa.eu/esco/skill/") if uri.startswith("s:") else uri


def corpus_lines(paths, at, wanted=("train",)):
    """(text, language, rows of its skills, kind, line) of each line; lines without `set` are for training."""
    out = []
    for path in paths:
        for text in open(path, encoding="utf-8"):
            r = json.loads(text)
            if r.get("set", "train") in wanted and "uris" in r:
                out.append((r["text"], r["lang"], [at[u] for u in map(long_uri, r["uris"]) if u in at], r.get("kind", "authored"), r.get("line")))
            elif r.get("set", "train") in wanted and "asks" in r:
                out += [(a["text"], r["lang"], [at[u] for u in map(long_uri, a["uris"]) if u in at], "ask", r["id"]) for a in r["asks"] if a["uris"]]
                out += [(t, r["lang"], [], "silent", r["id"]) for t in r["silent"] if isinstance(t, str)]
    return out


def quantised(rows):
    scale = np.maximum(np.abs(rows).max(1), 1e-9) / 127
    return np.round(rows / scale[:, None]).astype(np.int8), scale.astype(np.float32)


def dequantised(folder):
    """The committed table, `[n_buckets, dim]`."""
    from safetensors.numpy import load_file
    tensors = load_file(Path(folder) / "grams.safetensors")
    return tensors["rows"].astype(np.float32) * tensors["scale"][:, None]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--encoder", default=Path(__file__).parent, type=Path, help="folder with encoder.safetensors and vocab.txt")
    p.add_argument("--esco", required=True)
    p.add_argument("--labels", nargs="+", required=True)
    p.add_argument("--occupation-labels", required=True)
    p.add_argument("--lines", nargs="+", required=True)
    args = p.parse_args()
    table, pieces = load(args.encoder)
    skills = esco_skills(args.esco)
    at = {s.uri: k for k, s in enumerate(skills)}
    of_skills = skill_targets(skills, table, pieces)
    occupation_at, of_occupations = occupation_targets(args.esco, table, pieces)
    targets = np.vstack([of_skills, of_occupations])
    background = [(text, language, [at[u]]) for path in args.labels for language, found in skill_labels(path).items() if language != "en" for u, text in found if u in at]
    for language, found in occupation_labels(args.occupation_labels, OCCUPATION_LANGUAGES).items():
        background += [(part, language, [len(skills) + occupation_at[u]]) for u, text in found if u in occupation_at for part in dict.fromkeys(x.strip() for x in text.split("/")) if len(part) > 3]
    grams = Grams(table, pieces)
    lines = [(t, l, r) for t, l, r, _, _ in corpus_lines(args.lines, at) if l != "en"]
    print(len(background), "labels,", len(lines), "lines", flush=True)
    train(grams, Texts(grams, background), targets, 2, 3e-3, title="labels")
    of_labels = [text for text in background if text[2][0] < len(skills)]
    mixed = lines * LINE_EPOCHS
    mixed += [of_labels[k] for k in np.random.default_rng(SEED).choice(len(of_labels), min(len(of_labels), len(mixed) // 3), replace=False)]
    train(grams, Texts(grams, mixed), of_skills, 1, 3e-3, all_rows=np.arange(len(skills)), title="lines")
    from safetensors.numpy import load_file, save_file
    values, scale = quantised(grams.rows)
    path = args.encoder / "grams.safetensors"
    save_file({**(load_file(path) if path.exists() else {}), "rows": values, "scale": scale}, path)


if __name__ == "__main__":
    main()
