"""What does a larger model (all-MiniLM-L6-v2) make of a text? Its unit vectors, kept in a cache so that each text is read once."""
import pickle, time
from pathlib import Path
import numpy as np
import torch
import torch.nn.functional as F
from vocabulary import minilm_folder

N_TOKENS_MAX, DIM = 96, 384


class Teacher:
    def __init__(self, cache):
        self.cache, self.row, self.vectors = cache, {}, np.zeros((0, DIM), np.float16)
        if cache and Path(cache).exists():
            with open(cache, "rb") as f:
                self.row, self.vectors = pickle.load(f)

    def learn(self, texts):
        """Makes the vectors of the texts that are new."""
        new = [t for t in dict.fromkeys(texts) if t not in self.row]
        if not new:
            return
        self.vectors = np.concatenate([self.vectors, embed(new)])
        self.row.update({t: i + len(self.row) for i, t in enumerate(new)})
        if self.cache:
            with open(self.cache, "wb") as f:
                pickle.dump((self.row, self.vectors), f, 4)

    def __call__(self, texts):
        """Unit vectors `[n_texts, 384]`; zero for a text that was never learned."""
        rows = np.array([self.row.get(t, -1) for t in texts])
        return np.where(rows[:, None] >= 0, self.vectors[rows], 0).astype(np.float32)


def embed(texts):
    from tokenizers import Tokenizer
    from transformers import AutoModel
    model = AutoModel.from_pretrained(minilm_folder()).eval()
    tokeniser = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokeniser.no_padding()
    tokeniser.enable_truncation(N_TOKENS_MAX)
    ids = [e.ids for e in tokeniser.encode_batch(texts)]
    order, out, began = np.argsort([len(i) for i in ids], kind="stable"), np.zeros((len(texts), DIM), np.float16), time.time()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 256):
            part = order[start:start + 256]
            width = max(len(ids[k]) for k in part)
            x = torch.tensor([ids[k] + [0] * (width - len(ids[k])) for k in part])
            mask = (torch.arange(width)[None] < torch.tensor([len(ids[k]) for k in part])[:, None]).float()
            state = model(input_ids=x, attention_mask=mask).last_hidden_state.float()
            out[part] = F.normalize((state * mask[..., None]).sum(1), dim=1).numpy().astype(np.float16)
            if start // 256 % 50 == 0:
                print(f"teacher {start}/{len(order)} {time.time() - began:.0f} s", flush=True)
    return out


def single_pieces(vocab):
    """Mean output of MiniLM for each piece of `vocab` alone, `[n_pieces, 384]`; pieces that BERT lacks are read as text."""
    from transformers import AutoModel
    from corpus import Pieces
    names = (minilm_folder() / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    bert, known = Pieces(minilm_folder() / "vocab.txt"), {name: i for i, name in enumerate(names)}
    ids = [[known[v]] if v in known else [p for w in bert([v.removeprefix("##")])[0] for p in w][:8] or [100] for v in vocab]
    model, out = AutoModel.from_pretrained(minilm_folder()).eval(), np.zeros((len(vocab), DIM), np.float32)
    order = np.argsort([len(i) for i in ids], kind="stable")
    with torch.no_grad():
        for start in range(0, len(order), 1024):
            part = order[start:start + 1024]
            width = max(len(ids[k]) for k in part) + 2
            x = torch.tensor([[101, *ids[k], 102] + [0] * (width - len(ids[k]) - 2) for k in part])
            mask = (torch.arange(width)[None] < torch.tensor([len(ids[k]) + 2 for k in part])[:, None]).float()
            state = model(input_ids=x, attention_mask=mask).last_hidden_state
            out[part] = ((state * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).numpy()
    return out
