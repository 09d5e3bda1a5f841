"""Turn the table so that its first columns matter most: the last step after training.

    python3 rotate.py --esco ESCO_1.1.0_EN.zip --encoder DIR

A rotation keeps every dot product. Its axes are the principal ones of ESCO's label vectors, largest first, so that the first 64 columns alone tell
roughly which skills are near; the linker uses them to find candidates. Safe to run again: axes that are in order stay.
"""
import argparse
from pathlib import Path
import numpy as np
from safetensors.numpy import load_file
from corpus import Pieces, esco_skills
from train import save

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--esco", required=True)
    parser.add_argument("--encoder", required=True, type=Path)
    args = parser.parse_args()
    tensors = load_file(args.encoder / "encoder.safetensors")
    table = tensors["table"].astype(np.float32) * tensors["scale"][:, None]
    texts = Pieces(args.encoder / "vocab.txt")([skill.label for skill in esco_skills(args.esco)])
    vectors = np.array([table[[piece for word in words for piece in word]].sum(0) for words in texts])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    values, axes = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)
    order = np.argsort(-values)
    axes = axes[:, order] * np.sign(axes[np.abs(axes[:, order]).argmax(0), order])
    print("share of the squared length in the first 32, 64, 96, 128 columns:", *(round(float(values[order][:k].sum() / values.sum()), 3) for k in (32, 64, 96, 128)))
    save(table @ axes.astype(np.float32), args.encoder / "encoder.safetensors")
