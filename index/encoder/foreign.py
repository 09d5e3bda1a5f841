"""Do names in other languages find their skill among all of them? Moves the rows of pieces that English hardly uses; English stays as it is.

    python3 foreign.py --esco ESCO_1.1.1_EN.zip --labels skill_labels.tsv.gz --crosswalk national_skill_crosswalk_dev.tsv --skillspan skillspan_train.jsonl

`train.py` sets a name against the skills of its batch; here it stands against all skills, as in use. The rows that come out fit the names that were
seen better and others no better; the mean of them and the rows before finds others better than either (table in README.md).
"""
import argparse
from pathlib import Path
import numpy as np
import torch
import torch.nn.functional as F
from corpus import Ragged, crosswalk, esco_skills, skill_labels, skillspan
from evaluate import Index, load, unit
from train import save

ENGLISH_USES_MAX = 20
EPOCHS, BATCH, RATE, SEED = 2, 512, 2e-3, 0
# Of nearest name (the label's share of it) and description in the score of a term against English labels, see terms.py.
NAME_WEIGHT, LABEL_SHARE, DESCRIBED_WEIGHT = 10.8, 0.6, 10.5


def texts_of(args, at):
    """(text, row of its skill): labels in other languages once, national names twice, exact matches four times."""
    found = [(text, at[uri]) for language, labels in skill_labels(args.labels).items() if language != "en" for uri, text in labels if uri in at]
    for held_out in (False, True) if args.all else (False,):
        for _, name, uri, match in crosswalk(args.crosswalk, held_out):
            if uri in at:
                found += [(name, at[uri])] * (4 if match == "exactMatch" else 2)
    return [(text, row) for text, row in found if text]


def english_uses(skills, pieces, skillspan_path, n_pieces):
    """How often names and descriptions of skills and sentences of ads use each piece."""
    texts = [t for s in skills for t in [s.label, *s.alternatives, s.description]] + [" ".join(tokens) for tokens, _, _ in skillspan(skillspan_path)]
    return np.bincount(Ragged(pieces(texts)).pieces, minlength=n_pieces)


def moved(table, texts, rows, targets, may_move):
    """The table after training: each text against all skills."""
    step_of = torch.nn.Embedding.from_pretrained(torch.zeros(table.shape), freeze=False, sparse=True)
    optimiser = torch.optim.SparseAdam(step_of.parameters(), lr=RATE, betas=(0.9, 0.99))
    base, targets, rows = torch.tensor(table), torch.tensor(targets).T.contiguous(), torch.tensor(rows)
    mask, generator = torch.tensor(may_move).float(), np.random.default_rng(SEED)
    order = np.concatenate([generator.permutation(len(texts)) for _ in range(EPOCHS)])
    n_steps = len(order) // BATCH
    for step in range(n_steps):
        which = order[step * BATCH:(step + 1) * BATCH]
        pieces, word_start, n_words = texts.take(which)
        pieces, starts = torch.tensor(pieces), torch.tensor(word_start[np.cumsum(n_words) - n_words])
        change = F.embedding_bag(pieces, step_of.weight, starts, mode="sum", sparse=True, per_sample_weights=mask[pieces])
        vectors = F.normalize(F.embedding_bag(pieces, base, starts, mode="sum") + change, dim=1)
        loss = F.cross_entropy(vectors @ targets, rows[which])
        for group in optimiser.param_groups:
            group["lr"] = RATE * 0.5 * (1 + np.cos(np.pi * step / n_steps))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            print(f"foreign {step}/{n_steps} loss {loss.item():.3f}", flush=True)
    return table + (step_of.weight.detach() * mask[:, None]).numpy()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("esco", "labels", "crosswalk", "skillspan"):
        p.add_argument(f"--{name}", required=True)
    p.add_argument("--encoder", default=Path(__file__).parent, type=Path, help="folder with encoder.safetensors and vocab.txt")
    p.add_argument("--all", action="store_true", help="with the quarter of the crosswalk that is held out; nothing measures the result")
    args = p.parse_args()
    torch.manual_seed(SEED)
    skills = esco_skills(args.esco)
    table, pieces = load(args.encoder)
    index = Index(skills, table, pieces)
    names = unit(np.add.reduceat(index.name, index.first_name, axis=0))
    targets = NAME_WEIGHT * (LABEL_SHARE * index.label + (1 - LABEL_SHARE) * names) + DESCRIBED_WEIGHT * index.described
    found = texts_of(args, {s.uri: i for i, s in enumerate(skills)})
    words = pieces([text for text, _ in found])
    kept = [k for k, of_text in enumerate(words) if of_text]
    may_move = english_uses(skills, pieces, args.skillspan, len(table)) < ENGLISH_USES_MAX
    print(f"{len(kept)} texts; {may_move.sum()} of {len(table)} rows may move", flush=True)
    after = moved(table, Ragged([words[k] for k in kept], 64), np.array([found[k][1] for k in kept]), targets.astype(np.float32), may_move)
    save((table + after) / 2, args.encoder / "encoder.safetensors")


if __name__ == "__main__":
    main()
