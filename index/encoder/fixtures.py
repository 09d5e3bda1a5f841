"""Which texts would show that another tokeniser differs from ours? Writes fixtures.jsonl: text, piece ids, first 8 numbers of the unit vector; for texts
with a language, or of an ad, also that and the rows of their n-grams, sorted.

    python3 fixtures.py
"""
import json
from pathlib import Path
from evaluate import encode, load
from everyday import everyday
from grams import Grams, dequantised

TEXTS = [
    "", " ", "\t\n", "Python", "C++", "C#", ".NET Core", "C, C++ and C# / .NET (ASP.NET)", "node.js/React.js", "R&D", "e-mail", "50% of 1,000.50 €",
    "manage musical staff", "MANAGE MUSICAL STAFF", "Experience with Kubernetes, Docker & Terraform!!!", "what?!?... -- (really)", "«guillemets» „Anführung“ “quotes” ‘single’",
    "café résumé naïve façade", "Qualitätssicherung und Prozessoptimierung", "Straßenbauarbeiten, Übergrößen, ÄÖÜ", "Donaudampfschifffahrtsgesellschaftskapitän",
    "Kvalitetssäkring, åäö ÅÄÖ", "håndværk og økonomi, ÆØÅ", "Œuvre, cœur, ﬁnance", "gestión de proyectos; ¿experiencia? ¡sí!", "cafe\u0301 decomposed e\u0301",
    "İstanbul IŞIK ığüşöç", "Москва управление проектами", "Διοίκηση έργων ΣΊΣΥΦΟΣ", "データ分析のスキル", "项目管理 and 数据", "한국어 능력", "हिन्दी भाषा", "إدارة المشاريع",
    "🚀 ship it 👩‍💻", "tabs\tand\nnewlines\r\nhere", "zero\u200bwidth, soft\u00adhyphen, no\u00a0break, bom\ufeff", "control\x00\x01\x07 chars\x7f \ufffd",
    "a" * 99, "b" * 100, "c" * 101, "x" + "-y" * 60, "supercalifragilisticexpialidocious", "snake_case camelCase kebab-case", "[UNK] [CLS] [SEP] ##ing [MASK]",
    "H₂O, x², ½, №5, ™ © ®", "1.5.2 v2.0 2026-11-22 10:30", "• bullet\n• another – dash — em", "$100 ^ ` ~ + = < > |", "𝒜 math 𝟙 letters ｆｕｌｌｗｉｄｔｈ", "日本語と English mix中文", "don't can't it's O'Reilly",
]

IN_LANGUAGES = [
    ("de", "Straßenbauarbeiten, Übergrößen, ÄÖÜ"), ("de", "Sie arbeiten gern im Team (B2 bzw. C1)."), ("fr", "Œuvre, cœur, ﬁnance"), ("fr", "l'accueil des clients"),
    ("pl", "Obsługa wózków widłowych – żółw, źdźbło"), ("it", "capacità di lavorare in squadra"), ("fi", "trukkikortti ja järjestelmällisyys"), ("cs", "řidičský průkaz sk. B"),
    ("da", "håndværk og økonomi, ÆØÅ"), ("el", "Διοίκηση έργων ΣΊΣΥΦΟΣ"), ("zh", "项目管理 and 数据"), ("pt", "H₂O, x², ½"), ("nl", "a" * 100), ("nl", "b" * 101), ("sv", ""), ("es", "¡!"),
]

IN_ADS = ["", "Did the tills, cashed up", "naïve R&D – œuvre", "a" * 101]


def main():
    folder = Path(__file__).parent
    table, pieces = load(folder)
    grams = Grams(table, pieces)
    grams.rows = dequantised(folder)
    of_ads = everyday(folder, table, pieces)
    with open(folder / "fixtures.jsonl", "w", encoding="utf-8") as f:
        for text in TEXTS:
            words = pieces([text])[0]
            vector = encode(table, [words])[0]
            ids = [p for w in words for p in w]
            f.write(json.dumps({"text": text, "ids": ids, "n_words": len(words), "vector_head": [round(float(x), 6) for x in vector[:8]]}) + "\n")
        spelled = [(grams, {"language": language}, text) for language, text in IN_LANGUAGES] + [(of_ads, {"language": "en", "is_ad": True}, text) for text in IN_ADS]
        for table_of, told, text in spelled:
            words = pieces([text])[0]
            rows = sorted(int(row) for word in table_of.words(text) for row in table_of.buckets(word))
            vector = table_of.encode([text], [told["language"]])[0]
            f.write(json.dumps({"text": text, **told, "ids": [p for w in words for p in w], "grams": rows, "vector_head": [round(float(x), 6) for x in vector[:8]]}) + "\n")


if __name__ == "__main__":
    main()
