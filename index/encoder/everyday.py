"""Which vectors do English words get as people write them in ads and CVs? Trains the table `everyday` of grams.safetensors, which is added to the word pieces.

    python3 everyday.py --esco ESCO_1.1.1_EN.zip --lines corpus/*_?.jsonl authored_*.jsonl --skillspan skillspan_train.jsonl

The pieces know the English of names and of ads in technology and services; "did the tills" and "helping people get washed and dressed" stand in neither. As
in grams.py a text is the sum of its pieces' rows and of the rows of its words' n-grams, and lands where the names of its skills are; names and descriptions
stay as they are. Lines and names are drawn to their skills; sentences of SkillSpan to what they meant before, so that nothing is forgotten that was known.
Only numpy and scipy; a minute.
"""
import argparse, json
from pathlib import Path
import numpy as np
import gate
from corpus import esco_skills, sentences_of
from evaluate import encode, load
from grams import Adam, Grams, NOTHING, SCALE, Texts, corpus_lines, distribution, quantised, skill_targets

N_BUCKETS, BATCH, KEPT_BATCH, KEPT_WEIGHT, EPOCHS, RATE, PULL, SEED = 16384, 1024, 256, 1.0, 8, 3e-3, 2.0, 0
# A sentence of fewer characters says too little to be kept where it was.
KEPT_CHARS_MIN = 15


def share_of(v, targets, nothing):
    """Softmax over the skills `[n_texts, n_skills]`, with a last column for nothing where asked."""
    logits = SCALE * (v @ targets.T)
    if nothing:
        logits = np.hstack([logits, np.full((len(v), 1), SCALE * NOTHING, np.float32)])
    logits -= logits.max(1, keepdims=True)
    share = np.exp(logits)
    return share / share.sum(1, keepdims=True)


def through_length(d_v, v, length):
    return (d_v - v * (d_v * v).sum(1, keepdims=True)) / length


def train(grams, lines, kept, targets):
    generator, adam = np.random.default_rng(SEED), Adam(grams.rows.shape)
    n_steps = len(lines) // BATCH
    order, order_kept = generator.permutation(len(lines)), np.concatenate([generator.permutation(len(kept)) for _ in range(1 + n_steps * KEPT_BATCH // len(kept))])
    meant = encode(grams.table, grams.pieces(kept.texts))
    position = np.arange(len(targets))

    def vectors(data, which):
        sums = data.sums[which] + data.bags[which] @ grams.rows
        length = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        return sums / length, length

    for step in range(n_steps):
        which = order[step * BATCH:(step + 1) * BATCH]
        v, length = vectors(lines, which)
        wanted_rows = [lines.targets[k] for k in which]
        wanted = distribution(wanted_rows, position, len(targets))
        d_v = ((share_of(v, targets, True) - wanted)[:, :-1] * (SCALE / len(which))) @ targets
        asks = np.array([len(rows) > 0 for rows in wanted_rows])
        d_v -= (PULL / len(which)) * targets[[rows[0] if len(rows) else 0 for rows in wanted_rows]] * asks[:, None]
        gradient = lines.bags[which].T @ through_length(d_v, v, length).astype(np.float32)
        which = order_kept[step * KEPT_BATCH:(step + 1) * KEPT_BATCH]
        v, length = vectors(kept, which)
        d_v = ((share_of(v, targets, False) - share_of(meant[which], targets, False)) * (KEPT_WEIGHT * SCALE / len(which))) @ targets
        gradient += kept.bags[which].T @ through_length(d_v, v, length).astype(np.float32)
        adam.step(grams.rows, np.asarray(gradient), RATE * 0.5 * (1 + np.cos(np.pi * step / n_steps)))


def everyday(folder, table, pieces):
    """The committed table as n-grams that encode English."""
    from safetensors.numpy import load_file
    tensors = load_file(Path(folder) / "grams.safetensors")
    rows = tensors["everyday"].astype(np.float32) * tensors["everyday_scale"][:, None]
    grams = Grams(table, pieces, len(rows))
    grams.rows = rows
    return grams


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--encoder", default=Path(__file__).parent, type=Path, help="folder with encoder.safetensors, vocab.txt and grams.safetensors")
    p.add_argument("--esco", required=True)
    p.add_argument("--lines", nargs="+", required=True)
    p.add_argument("--skillspan", required=True)
    args = p.parse_args()
    table, pieces = load(args.encoder)
    skills = esco_skills(args.esco)
    at = {s.uri: k for k, s in enumerate(skills)}
    targets = skill_targets(skills, table, pieces)
    lines = [(text, "en", rows) for text, language, rows, _, _ in corpus_lines(args.lines, at) if language == "en"] * EPOCHS
    names = [(name, "en", [k]) for k, s in enumerate(skills) for name in [s.label, *s.alternatives]]
    described = [((sentences_of(s.description) or [s.description])[0], "en", [k]) for k, s in enumerate(skills) if s.description]
    chosen = np.random.default_rng(SEED).choice(len(names), min(len(names), len(lines) // 2), replace=False)
    kept = [(text, "en", []) for text in dict.fromkeys(gate.sentences(args.skillspan)[0]) if len(text) > KEPT_CHARS_MIN]
    print(len(lines) // EPOCHS, "lines,", len(chosen), "names,", len(described), "descriptions,", len(kept), "sentences kept")
    grams = Grams(table, pieces, N_BUCKETS)
    train(grams, Texts(grams, lines + [names[k] for k in chosen] + described), Texts(grams, kept), targets)
    from safetensors.numpy import load_file, save_file
    path = args.encoder / "grams.safetensors"
    values, scale = quantised(grams.rows)
    save_file({**load_file(path), "everyday": values, "everyday_scale": scale}, path)


if __name__ == "__main__":
    main()
