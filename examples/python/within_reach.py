"""Occupations within reach of a person, as a union's guidance would show them: what is there, what is missing, what helps most.

    python examples/python/within_reach.py http://127.0.0.1:50051 < cv.txt
"""

import sys

from skillgap import Skillgap

url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:50051"
with Skillgap(url) as skillgap:
    # readiness_min leaves out what the person has nothing of; without it every occupation is listed, the last with 0 %.
    answer = skillgap.suggest_occupations(profile={"text": sys.stdin.read()}, top_k=3, missing_max=3, readiness_min=0.05)
for one in answer.occupations:
    print(f"{one.occupation.label}: {one.readiness:.0%} of what is usually asked for, {one.n_missing} skills missing")
    print("  has:", "; ".join(skill.label for skill in one.shared) or "nothing")
    print("  lacks:", "; ".join(missing.skill.label for missing in one.missing), "..." if one.n_missing > len(one.missing) else "")
    if one.HasField("lift"):
        print(f"  helps most: {one.lift.title}, to {one.lift.readiness:.0%}")
for note in answer.notes:
    print(note)
if not answer.occupations:
    print("Nothing is within reach by what was told. That says as much of the text, and of the occupations that are loaded, as of the person.")
