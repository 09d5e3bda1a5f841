"""How does a table of word-piece vectors learn to put a text near the skills that it asks for?

Four steps; `README.md` beside this file gives the command and what each step bought.
1. Warm start: each row is what MiniLM makes of the piece alone; a piece of another language, the mean of the English labels that it names.
2. Contrast: a text finds its own skill among the other skills of the batch (names, descriptions, sentences, labels of six languages).
3. Distillation: MiniLM and the table of step 2 together rank all skills for each text; the table learns that ranking, most of all among the 32
   best, where the hard negatives are. This is how text without labels teaches.
4. Windows: the same, and a sentence scores a skill by its mean plus the soft maximum over its windows of 1 to 8 words, as in use.
"""
import argparse, math, time
from pathlib import Path
import numpy as np
import torch
import torch.nn.functional as F
import texts as corpus_texts
from corpus import Pieces, Ragged
from evaluate import encode, unit
from pseudo import described, label_spans
from teacher import Teacher, single_pieces
from vocabulary import learn

WINDOWS = (1, 2, 3, 4, 6, 8)
TEMPERATURE = 20.0
N_BEST = 32
# Listwise logistic weights of label, mean name and description, fitted on the validation halves: the table's, then MiniLM's.
TEACHER_WEIGHTS = 5.65 * np.array([[1, 1, 0.59], [0.5, 1.77, 0.05]])


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--esco", required=True, help="official ESCO package, English classification (zip or folder)")
    p.add_argument("--german", required=True, help="ESCO package with German descriptions")
    p.add_argument("--labels", required=True, help="skill labels of other languages (.tsv.gz)")
    p.add_argument("--occupation-labels", required=True, help="occupation labels of other languages (.tar.gz)")
    p.add_argument("--skillskape", required=True, help="SkillSkape train.csv")
    p.add_argument("--skillspan", required=True, help="SkillSpan train (.jsonl)")
    p.add_argument("--statements", required=True, help="USAJOBS statements (.jsonl)")
    p.add_argument("--lessons", required=True, help="Carpentries episodes (.jsonl)")
    p.add_argument("--courses", required=True, help="university courses (.jsonl)")
    p.add_argument("--crosswalk", required=True, help="national skill names mapped to ESCO (.tsv); a quarter is held out")
    p.add_argument("--out", required=True, help="folder for encoder.safetensors, vocab.txt and popularity.tsv")
    p.add_argument("--vocab", help="an existing vocab.txt instead of a new one")
    p.add_argument("--cache", help="folder for what is slow to make (teacher's vectors, table of each step)")
    p.add_argument("--dim", type=int, default=256)
    p.add_argument("--contrast-epochs", type=float, default=3)
    p.add_argument("--distil-epochs", type=float, default=1.2)
    p.add_argument("--window-epochs", type=float, default=0.35)
    p.add_argument("--n-clauses", type=int, default=70_000)
    p.add_argument("--soft", type=float, default=0.5, help="share of the teacher in the target of a labelled text")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


# ------------------------------------------------------------------ warm start

def warm_table(sources, vocab, pieces, dim, seed):
    """Rows centred, on the `dim` strongest axes, unit length, times the smooth inverse frequency of Arora et al. (2017), a = 0.001, of the
    language in which the piece is most frequent."""
    rows = single_pieces(vocab)
    rows -= rows.mean(0)
    sample = np.random.default_rng(seed).permutation(len(rows))[:8000]
    rows = unit(rows @ np.linalg.svd(rows[sample], full_matrices=False)[2][:dim].T)
    count = lambda found: np.bincount([p for words in pieces(found) for w in words for p in w], minlength=len(vocab)).astype(float)
    english = count([t for s in sources.skills for t in [s.label, *s.alternatives, s.description]])
    foreign = {lang: count([t for _, t in names]) for lang, names in sources.labels.items()}
    share = np.max([c / c.sum() for c in [english, *foreign.values()]], axis=0)
    rows *= (1e-3 / (1e-3 + share))[:, None]

    most = np.max(list(foreign.values()), axis=0)
    in_bert = np.array([bool(n) for n in np.isin([v.removeprefix("##") for v in vocab], bert_vocabulary())])
    strange = (most > english) | (~in_bert & (most > 0) & (english < 3))
    labels = encode(rows, pieces([label for _, label, _, _ in sources.concepts]))
    labels -= labels.mean(0)
    named = np.zeros_like(rows)
    for names in sources.labels.values():
        for (i, _), words in zip(names, pieces([t for _, t in names])):
            flat = [p for w in words for p in w]
            np.add.at(named, flat, labels[i] / max(1, len(flat)))
    rows[strange] = (unit(named) * (1e-3 / (1e-3 + share))[:, None])[strange]
    return rows.astype(np.float32)


def bert_vocabulary():
    from vocabulary import minilm_folder
    return (minilm_folder() / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")


# ------------------------------------------------------------------ the model

class Encoder(torch.nn.Module):
    def __init__(self, table):
        super().__init__()
        self.table = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(table), freeze=False, mode="sum")

    def rows(self):
        return self.table.weight.detach().numpy()

    def whole(self, ragged, which):
        """Unit vectors `[n, dim]` of whole texts."""
        pieces, word_start, n_words = ragged.take(which)
        first_word = np.cumsum(n_words) - n_words
        return F.normalize(self.table(torch.tensor(pieces), torch.tensor(word_start[first_word])), dim=1)

    def whole_and_windows(self, ragged, which):
        """Unit vectors of whole texts `[n, dim]`, of their windows `[n, n_windows, dim]`, and which windows are real."""
        pieces, word_start, n_words = ragged.take(which)
        words = self.table(torch.tensor(pieces), torch.tensor(word_start))
        n, width, n_words = len(which), int(n_words.max()), torch.tensor(n_words)
        inside = torch.arange(width)[None] < n_words[:, None]
        padded = words.new_zeros(n, width, words.shape[1]).masked_scatter(inside[..., None], words)
        sums = F.pad(padded.cumsum(1), (0, 0, 1, 0))
        windows, real = [], []
        for size in WINDOWS:
            if size <= width:
                windows.append(sums[:, size:] - sums[:, :-size])
                fits = torch.arange(width - size + 1)[None] + size <= n_words[:, None]
                fits[:, 0] |= n_words < size
                real.append(fits)
        return F.normalize(sums[:, -1], dim=1), F.normalize(torch.cat(windows, 1), dim=2), torch.cat(real, 1)

    def logits(self, ragged, which, targets, use_windows, chunk=64):
        """Scaled similarities `[n, n_targets]`: of the whole text, or its mean with the soft maximum over windows."""
        if not use_windows:
            return TEMPERATURE * self.whole(ragged, which) @ targets.T
        out = []
        for start in range(0, len(which), chunk):
            whole, windows, real = self.whole_and_windows(ragged, which[start:start + chunk])
            cosines = (windows @ targets.T).masked_fill(~real[..., None], -1e4)
            out.append((TEMPERATURE * whole @ targets.T + torch.logsumexp(TEMPERATURE * cosines, 1)) / 2)
        return torch.cat(out)


# ------------------------------------------------------------------ what training reads

class Data:
    """Texts as word pieces, with their concept and sentence; empty texts are left out."""

    def __init__(self, texts, concepts, pieces):
        known = pieces(texts.text)
        kept = [k for k, words in enumerate(known) if words]
        self.words = [known[k] for k in kept]
        self.text = [texts.text[k] for k in kept]
        self.texts = Ragged(self.words, 64)
        self.owner, self.sentence = np.array(texts.owner)[kept], np.array(texts.sentence)[kept]
        self.kind = np.array(texts.kind)[kept]
        self.labelled = self.owner >= 0
        self.labels = Ragged(pieces([label for _, label, _, _ in concepts]), 64)
        self.described = Ragged(pieces([f"{label} {description}" for _, label, _, description in concepts]), 96)
        self.n_words = np.diff(self.texts.text_start)


class Ranking:
    """The ensemble teacher: MiniLM and an earlier table, as one dot product of a text's vector with a concept's."""

    def __init__(self, data, sources, table, pieces, teacher):
        names = [n for _, label, alternatives, _ in sources.concepts for n in [label, *alternatives]]
        first = np.cumsum([0] + [1 + len(c[2]) for c in sources.concepts])[:-1]
        of_table = lambda found: encode(table, pieces(found))
        sides = []
        for vectors, describe, weights in ((of_table, lambda a, b: f"{a} {b}", TEACHER_WEIGHTS[0]), (teacher, described, TEACHER_WEIGHTS[1])):
            parts = (vectors([c[1] for c in sources.concepts]), unit(np.add.reduceat(vectors(names), first, axis=0)),
                     vectors([describe(c[1], c[3]) for c in sources.concepts]))
            sides.append(sum(w * part for w, part in zip(weights, parts)))
        self.concepts = torch.tensor(np.concatenate(sides, 1)).float()
        known = np.array([t in teacher.row for t in data.text])
        self.position = np.where(known, np.cumsum(known) - 1, -1)
        which = np.flatnonzero(known)
        self.texts = torch.tensor(np.concatenate([encode(table, [data.words[k] for k in which]).astype(np.float16), teacher([data.text[k] for k in which]).astype(np.float16)], 1))
        self.best = np.full((len(data.text), N_BEST), -1)
        self.best[which] = self.rank(len(sources.skills))
        self.keep_gold_out(data)

    def rank(self, n_skills):
        """The `N_BEST` skills of each known text."""
        skills, out = self.concepts[:n_skills].T.contiguous().bfloat16(), []
        with torch.no_grad():
            for start in range(0, len(self.texts), 1024):
                out.append((self.texts[start:start + 1024].bfloat16() @ skills).float().topk(N_BEST, 1).indices.numpy())
        return np.concatenate(out)

    def keep_gold_out(self, data):
        """Another gold skill of the sentence is no negative: its place is taken by the text's own skill, which is masked. A text without
        label is owned by its best skill."""
        gold = {}
        for sentence, owner in zip(data.sentence, data.owner):
            gold.setdefault(sentence, set()).add(owner)
        for k in np.flatnonzero(data.labelled & (self.position >= 0)):
            self.best[k][np.isin(self.best[k], list(gold[data.sentence[k]]))] = data.owner[k]
        data.owner[~data.labelled] = self.best[~data.labelled, 0]

    def soft(self, which, columns, masked):
        """The teacher's distribution over `columns`, and for which texts there is one."""
        position = torch.tensor(self.position[which])
        logits = self.texts[position.clamp(min=0)].float() @ self.concepts[columns].T
        return F.softmax(logits.masked_fill(masked, -1e4), 1), position >= 0


# ------------------------------------------------------------------ training

def train(name, encoder, data, pool, other, args, epochs, batch, rate, ranking=None, n_hard=0, use_windows=False):
    """`epochs` over `pool`; each epoch mixes in a random part of `other`, 0.4 of the size of the pool."""
    generator = np.random.default_rng([args.seed, len(name)])
    optimiser = torch.optim.Adam(encoder.parameters(), lr=rate, fused=True)
    n_steps, step, began, total = int(epochs * (len(pool) // batch)), 0, time.time(), 0.0
    while step < n_steps:
        mixed = generator.choice(other, min(len(other), int(0.4 * len(pool))), replace=False)
        order = generator.permutation(np.concatenate([pool, mixed]))
        for start in range(0, len(order) - batch + 1, batch):
            if step == n_steps:
                break
            which = order[start:start + batch]
            which = which[np.argsort(data.n_words[which], kind="stable")]
            loss = batch_loss(encoder, data, which, args, generator, ranking, n_hard, use_windows)
            for group in optimiser.param_groups:
                group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * step / n_steps))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step, total = step + 1, total + loss.item()
            if step % 100 == 0:
                print(f"{name} {step}/{n_steps} loss {total / 100:.3f} {time.time() - began:.0f} s", flush=True)
                total = 0.0
    if args.cache:
        np.save(Path(args.cache) / f"{name}.npy", encoder.rows())


def batch_loss(encoder, data, which, args, generator, ranking, n_hard, use_windows):
    """Each text against the concepts of the batch and some of its own best: towards its concept and the teacher's ranking; and back."""
    n, owners = len(which), data.owner[which]
    columns = owners
    if n_hard:
        hard = ranking.best[which][np.arange(n)[:, None], generator.integers(0, N_BEST, (n, n_hard))].T.ravel()
        columns = np.concatenate([owners, hard[hard >= 0]])
    is_label = torch.tensor(generator.random(len(columns)) < 0.6)[:, None]
    targets = torch.where(is_label, encoder.whole(data.labels, columns), encoder.whole(data.described, columns))
    columns, sentences = torch.tensor(columns), torch.tensor(data.sentence[which])
    own = torch.zeros(n, len(columns), dtype=torch.bool)
    own[torch.arange(n), torch.arange(n)] = True
    masked = columns[:n, None] == columns[None]
    masked[:, :n] |= sentences[:, None] == sentences[None]
    masked &= ~own
    logits = encoder.logits(data.texts, which, targets, use_windows).masked_fill(masked, -1e4)
    labelled = torch.tensor(data.labelled[which]).float()
    goal = own * labelled[:, None]
    if ranking:
        soft, known = ranking.soft(which, columns, masked)
        share = torch.where(labelled > 0, args.soft, 1.0) * known
        goal = share[:, None] * soft + (1 - share)[:, None] * goal
    forth = -(goal * F.log_softmax(logits, 1)).sum(1).mean()
    back = (labelled * F.cross_entropy(logits[:, :n].T, torch.arange(n), reduction="none")).mean()
    return (forth + back) / 2


def save(table, path):
    """Rows as int8 times one float32 a row."""
    from safetensors.numpy import save_file
    scale = np.maximum(np.abs(table).max(1), 1e-12) / 127
    save_file({"table": np.rint(table / scale[:, None]).astype(np.int8), "scale": scale.astype(np.float32)}, path)


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    out, sources = Path(args.out), corpus_texts.Sources(args)
    if args.vocab:
        (out / "vocab.txt").write_text(Path(args.vocab).read_text(encoding="utf-8"), encoding="utf-8")
    else:
        learn(corpus_texts.vocabulary_texts(sources), out / "vocab.txt")
    vocab, pieces = (out / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n"), Pieces(out / "vocab.txt")
    cached = lambda name: Path(args.cache) / f"{name}.npy" if args.cache else Path("-")

    texts = corpus_texts.supervised(sources, args.seed)
    if cached("contrast").exists():
        encoder = Encoder(np.load(cached("contrast")))
    else:
        encoder = Encoder(warm_table(sources, vocab, pieces, args.dim, args.seed))
        data = Data(texts, sources.concepts, pieces)
        print(len(sources.concepts), "concepts,", len(data.text), "texts", flush=True)
        train("contrast", encoder, data, np.arange(len(data.text)), np.zeros(0, int), args, args.contrast_epochs, 1024, 2e-3)
    first = encoder.rows().copy()

    teacher = Teacher(Path(args.cache) / "teacher.pkl" if args.cache else None)
    teacher.learn([t for c in sources.concepts for t in [c[1], described(c[1], c[3]), *c[2]]])
    teacher.learn([t for tokens, found, _ in sources.spans for t in [" ".join(tokens), *(" ".join(tokens[a:b]) for a, b, _ in found)]])
    pseudo, expected = label_spans(sources, first, pieces, teacher)
    corpus_texts.add_unsupervised(texts, sources, pseudo, args.seed, args.n_clauses)
    teacher.learn([t for t, kind in zip(texts.text, texts.kind) if kind in corpus_texts.ENGLISH_KINDS and kind != "substituted"])
    with open(out / "popularity.tsv", "w", encoding="utf-8") as f:
        f.writelines(f"{s.uri}\t{n:.2f}\n" for s, n in zip(sources.skills, expected) if n >= 0.05)

    data = Data(texts, sources.concepts, pieces)
    ranking = Ranking(data, sources, first, pieces, teacher)
    print(len(ranking.texts), "texts with a teacher, of", len(data.text), flush=True)
    english = np.isin(data.kind, corpus_texts.ENGLISH_KINDS)
    other = np.flatnonzero(~english)
    train("distil", encoder, data, np.flatnonzero(english), other, args, args.distil_epochs, 512, 1e-3, ranking, n_hard=3)
    alternatives = np.flatnonzero(data.kind == "alternative")[::3]
    pool = np.concatenate([np.flatnonzero(english & (data.kind != "alternative")), alternatives])
    train("window", encoder, data, pool, other, args, args.window_epochs, 192, 5e-4, ranking, n_hard=1, use_windows=True)
    save(encoder.rows(), out / "encoder.safetensors")


if __name__ == "__main__":
    main()
