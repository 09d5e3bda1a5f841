"""How much of what made ads ask for is read, and does a probability mean what it says? By language and by kind, on the ads set aside for checks.

    python3 calibrate.py --write-ads ads.jsonl --set check
    skillgap extract --data-dir DATA_DIR --min-confidence 0.05 < ads.jsonl > read.jsonl
    python3 made.py read.jsonl [--min 0.15]

recall: asks of which an accepted skill is read; precision: skills read that some ask of the ad accepts. The lists of accepted skills are not complete: of
those outside them that were read by eye, two in five were right, so true precision is higher (docs/quality.md).
"""
import argparse, collections, json
from calibrate import made_ads
from grams import long_uri


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("read")
    p.add_argument("--min", type=float, default=0.15)
    p.add_argument("--set", default="check")
    args = p.parse_args()
    read = {r["id"]: r["skills"] for r in map(json.loads, open(args.read, encoding="utf-8"))}
    sums, kinds = collections.defaultdict(lambda: [0, 0, 0, 0, 0.0]), collections.defaultdict(lambda: [0, 0])
    bins = collections.defaultdict(lambda: [0, 0, 0.0])
    for ad in made_ads(args.set):
        asks = [(ask["kind"], {long_uri(u) for u in ask["uris"]}) for ask in ad["asks"] if ask["uris"]]
        accepted = set().union(*(uris for _, uris in asks))
        skills = {s["uri"]: s["confidence"] for s in read[ad["id"]]}
        shown = {uri: said for uri, said in skills.items() if said >= args.min}
        found = [bool(uris & shown.keys()) for _, uris in asks]
        for name in (ad["lang"], "not en" if ad["lang"] != "en" else "English"):
            n = sums[name]
            n[0] += len(asks)
            n[1] += sum(found)
            n[2] += len(shown)
            n[3] += sum(uri in accepted for uri in shown)
            n[4] += sum(shown.values())
        if ad["lang"] != "en":
            for (kind, _), hit in zip(asks, found):
                kinds[kind][0] += 1
                kinds[kind][1] += hit
            for uri, said in skills.items():
                b = bins[min(9, int(said * 10))]
                b[0] += 1
                b[1] += uri in accepted
                b[2] += said
    print("language asks recall | shown precision said")
    for name, (asks, hit, shown, right, said) in sums.items():
        print(f"{name:8} {asks:4} {100 * hit / max(1, asks):5.1f} | {shown:5} {100 * right / max(1, shown):5.1f} {100 * said / max(1, shown):5.1f}")
    print("recall by kind, not English:", {kind: f"{hit}/{n}" for kind, (n, hit) in sorted(kinds.items())})
    print("said -> listed, not English:", {f"{100 * said / n:.0f} %": f"{100 * right / n:.0f} % of {n}" for _, (n, right, said) in sorted(bins.items())})


if __name__ == "__main__":
    main()
