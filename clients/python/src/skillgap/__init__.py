"""Client of skillgap: from a job ad and a person to the credentials that close the gap.

    from skillgap import Skillgap

    with Skillgap("http://127.0.0.1:50051") as skillgap:
        answer = skillgap.recommend_credentials(target={"ad": "Your tasks: sell our products"}, persona="PERSONA_UNEMPLOYED")
        for one in answer.recommendations:
            print(one.title, *one.reasons, sep="\\n  ")

The messages are those of `skillgap.v1`; each method has the comments of the contract.
"""

from .client import Skillgap, SkillgapError, Violation

__all__ = ["Skillgap", "SkillgapError", "Violation"]
