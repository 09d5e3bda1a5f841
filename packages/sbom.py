"""The bill of materials of the program as CycloneDX 1.6, from what cargo knows: python3 packages/sbom.py > skillgap.cdx.json

Listed is what is linked into the program on the given platform, without what only tests and the build use; with versions, licences, checksums, and who
needs whom.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = "skillgap"


def main(platform: str) -> dict:
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", platform]
    metadata = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    needs = {
        node["id"]: sorted(
            dependency["pkg"] for dependency in node["deps"] if any(kind["kind"] is None for kind in dependency["dep_kinds"])
        )
        for node in metadata["resolve"]["nodes"]
    }
    root = next(package["id"] for package in packages.values() if package["name"] == NAME and package["source"] is None)
    linked, waiting = set(), [root]
    while waiting:
        package = waiting.pop()
        # A derive macro runs in the compiler, and so does what it needs.
        is_macro = any("proc-macro" in target["kind"] for target in packages[package]["targets"])
        if package not in linked and not is_macro:
            linked.add(package)
            waiting += needs[package]
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))
    checksums = {(one["name"], one["version"]): one.get("checksum") for one in lock["package"]}

    def component(package: dict) -> dict:
        name, version = package["name"], package["version"]
        made = {"type": "library", "bom-ref": reference(package), "name": name, "version": version}
        if package["description"]:
            made["description"] = " ".join(package["description"].split())
        if checksum := checksums.get((name, version)):
            made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        if package["license"]:
            made["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        made["purl"] = reference(package)
        if package["repository"]:
            made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
        return made

    ids = sorted(linked - {root})
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": component(packages[root]) | {"type": "application"}},
        "components": [component(packages[package]) for package in ids],
        "dependencies": [
            {
                "ref": reference(packages[package]),
                "dependsOn": [reference(packages[needed]) for needed in needs[package] if needed in linked],
            }
            for package in [root, *ids]
        ],
    }


def reference(package: dict) -> str:
    return f"pkg:cargo/{package['name']}@{package['version']}"


if __name__ == "__main__":
    bill = main(sys.argv[1] if len(sys.argv) > 1 else "x86_64-unknown-linux-gnu")
    json.dump(bill, sys.stdout, indent=1)
    print()
