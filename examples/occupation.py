"""Fits the weights of `src/occupations/about.rs`: a softmax over occupations and none of them, on the signals that `examples/occupation.rs` writes.

Each made ad counts once as it is, and half again with the right occupation taken out, so that "none of them" is right. Adam, 400 steps, a slight pull to zero.
Usage: python3 examples/occupation.py FEATURES.tsv; needs nothing but Python. Prints log-likelihood, the weights of words, meaning and skills, and minus the score of none.
"""
import collections
import math
import sys

STEPS = 400

ads = collections.defaultdict(list)
with open(sys.argv[1]) as lines:
    for line in lines:
        ad, right, *signals = line.split("\t")
        ads[ad].append((int(right), [float(value) for value in signals] + [1.0]))

weights = [6.0, 4.0, 10.0, -8.0]
mean, square = [0.0] * 4, [0.0] * 4
for step in range(1, STEPS + 1):
    gradient, likelihood = [0.0] * 4, 0.0
    for candidates in ads.values():
        without = [candidate for candidate in candidates if not candidate[0]]
        for shown, counts in ((candidates, 1.0), (without, 0.5)):
            scores = [sum(w * s for w, s in zip(weights, signals)) for _, signals in shown] + [0.0]
            highest = max(scores)
            masses = [math.exp(score - highest) for score in scores]
            total = sum(masses)
            for (right, signals), mass in zip(shown, masses):
                for at, signal in enumerate(signals):
                    gradient[at] += counts * (right - mass / total) * signal
            truth = sum(mass for (right, _), mass in zip(shown, masses) if right) or masses[-1]
            likelihood += counts * math.log(truth / total)
    for at in range(4):
        slope = gradient[at] / len(ads) - (1e-3 * weights[at] if at < 3 else 0.0)
        mean[at] = 0.9 * mean[at] + 0.1 * slope
        square[at] = 0.99 * square[at] + 0.01 * slope * slope
        weights[at] += 0.15 * (mean[at] / (1 - 0.9**step)) / (math.sqrt(square[at] / (1 - 0.99**step)) + 1e-9)
    if step % 100 == 0:
        print(step, round(likelihood / len(ads), 4), [round(weight, 2) for weight in weights])
