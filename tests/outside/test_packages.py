"""What operators install: image, compose file, chart, unit, alerts, dashboard, bill of materials, manual, completions."""

import itertools
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path

import pytest
import yaml
from conftest import BIN, ROOT, START, cli, starter_directory

from skillgap import Skillgap

PACKAGES = ROOT / "packages"
# Programs that come as packages of Python stand beside it.
os.environ["PATH"] += os.pathsep + str(Path(sys.executable).parent)
BUILDAH = ["buildah", "--storage-driver", "vfs"]
# What `systemd-analyze security` says at most, of 10; less is safer.
EXPOSURE_MAX = 1.5


def ran(*command: object, **options: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def needs(program: str):
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not here")


def read(path: str) -> str:
    return (PACKAGES / path).read_text(encoding="utf-8")


# ---- image


@pytest.fixture(scope="module")
def image():
    """The root of a container of the image, mounted, with its settings."""
    tag = f"skillgap-test-{os.getpid()}"
    ran(PACKAGES / "image/build", BIN, tag)
    settings = json.loads(ran(*BUILDAH, "inspect", "--type", "image", tag))["Docker"]["config"]
    container = ran(*BUILDAH, "from", "--pull-never", tag).strip()
    try:
        yield ran(*BUILDAH, "mount", container).strip(), settings
    finally:
        ran(*BUILDAH, "rm", container)
        ran(*BUILDAH, "rmi", tag)


@needs("buildah")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_the_image_serves_as_nobody_on_a_root_that_cannot_be_written(image):
    root, settings = image
    assert settings["User"] == "65532:65532" and settings["Healthcheck"]["Test"] == ["CMD", "/skillgap", "ready"]
    assert not os.path.exists(f"{root}/bin/sh")
    assert os.stat(f"{root}/data").st_uid == 65532
    environment = dict(entry.split("=", 1) for entry in settings["Env"] if not entry.startswith("PATH"))
    assert environment.pop("SKILLGAP__GRPC__LISTEN") == "0.0.0.0:50051"
    # Ports of its own, since a test may not take those of the machine.
    environment |= {"SKILLGAP__GRPC__LISTEN": "127.0.0.1:0", "SKILLGAP__ADMIN__LISTEN": "127.0.0.1:0"}
    shutil.copy(ROOT / "index/starter/credentials.jsonl", f"{root}/data")
    # What a runtime does: a root of its own, read-only, and another user.
    script = (
        'mkdir -p "$0/proc" && mount --bind "$0" "$0" && mount --bind "$0/data" "$0/data" && mount -o remount,ro,bind "$0" && mount -t proc proc "$0/proc" '
        '&& exec chroot --userspec=65532:65532 "$0" "$@"'
    )
    inside = ["unshare", "--mount", "sh", "-c", script, root]
    program = settings["Entrypoint"][0]
    ran(*inside, program, "index", "--starter", "--credentials", "/data/credentials.jsonl", "--data-dir", "/data/catalogue", env=environment)
    command = [*inside, program, *settings["Cmd"], "--data-dir", "/data/catalogue"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        for line in process.stderr:
            said = json.loads(line)
            if said.get("fields", said).get("message") == "serving":
                break
        fields = said.get("fields", said)
        status = open(f"/proc/{process.pid}/status", encoding="utf-8").read()
        assert re.search(r"^Uid:\s+65532\s", status, re.M) and re.search(r"^CapEff:\s+0+$", status, re.M), status
        with Skillgap(f"http://{fields['grpc']}") as skillgap:
            assert skillgap.get_server_info().counts.credentials > 40
        ready = environment | {"SKILLGAP__ADMIN__LISTEN": fields["admin"]}
        assert ran(*inside, program, "ready", env=ready) == "ready\n"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(START) == 0
    failed = subprocess.run([*inside, program, "ready"], env=ready, capture_output=True, timeout=START)
    assert failed.returncode == 1


@needs("buildah")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_the_image_does_not_listen_to_others_without_keys(image):
    root, settings = image
    environment = dict(entry.split("=", 1) for entry in settings["Env"])
    command = ["chroot", "--userspec=65532:65532", root, settings["Entrypoint"][0], *settings["Cmd"]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=START)
    assert done.returncode == 1 and "--insecure" in done.stderr, done.stderr


@needs("hadolint")
def test_the_image_file_is_as_hadolint_wants_it():
    ran("hadolint", PACKAGES / "image/Containerfile")


@pytest.mark.parametrize("file", ["compose.yaml", "compose.replicas.yaml"])
def test_the_compose_file_is_closed(file):
    compose = yaml.safe_load(read(file))
    for name, service in compose["services"].items():
        assert service["read_only"] and service["cap_drop"] == ["ALL"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        if not service["image"].startswith("skillgap"):
            continue
        # Each command is one that the program has, with these options.
        words = itertools.takewhile(lambda part: not part.startswith("-"), service["command"])
        options = cli(*words, "--help")
        assert all(part in options for part in service["command"] if part.startswith("--")), name


# ---- Kubernetes


def rendered(values: dict) -> str:
    helm = pytest.importorskip("helm_python")
    chart = helm.Chart.load(str(PACKAGES / "helm/skillgap"))
    files = chart.render(values, name="skillgap", namespace="default").values()
    return "\n---\n".join(text.strip() for text in files if text.strip()) + "\n"


def test_the_chart_has_no_fault():
    helm = pytest.importorskip("helm_python")
    report = helm.lint(str(PACKAGES / "helm/skillgap"), strict=True)
    assert report["total_charts_linted"] == 1 and not report["errors"], report
    assert tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["version"] == yaml.safe_load(read("helm/skillgap/Chart.yaml"))["appVersion"]


def test_the_plain_manifests_are_those_of_the_chart():
    head = read("kubernetes.yaml").split("\n\n", 1)[0]
    assert head.startswith("#")
    assert read("kubernetes.yaml") == f"{head}\n\n{rendered({})}"


@pytest.mark.parametrize("values", [{}, {"persistence": {"enabled": True}, "config": "[pool]\nthreads = 2"}, {"insecure": True, "keysSecret": "", "tlsSecret": ""}])
def test_the_pod_may_do_little_and_its_settings_are_taken(values, tmp_path):
    objects = {one["kind"]: one for one in yaml.safe_load_all(rendered(values))}
    assert {"StatefulSet", "Service", "ConfigMap", "PodDisruptionBudget", "NetworkPolicy"} <= set(objects)
    pod = objects["StatefulSet"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= set(container)
    assert objects["NetworkPolicy"]["spec"]["egress"] == []
    settings = objects["ConfigMap"]["data"]["skillgap.toml"]
    # The program itself says whether it takes them: `ready` reads them first, and then finds nobody.
    file = tmp_path / "skillgap.toml"
    file.write_text(settings.replace("0.0.0.0:50052", "127.0.0.1:1"), encoding="utf-8")
    done = subprocess.run([BIN, "ready", "--config", file], capture_output=True, text=True, timeout=START)
    assert done.returncode == 1 and done.stderr.startswith("skillgap: 127.0.0.1:1: "), done.stderr


def test_a_log_of_changes_has_three_servers_that_sync_each_write(tmp_path):
    with pytest.raises(Exception, match="needs persistence.enabled"):
        rendered({"nats": {"enabled": True}})
    objects = list(yaml.safe_load_all(rendered({"nats": {"enabled": True}, "persistence": {"enabled": True}, "replicas": 3})))
    named = {(one["kind"], one["metadata"]["name"]): one for one in objects}
    assert named["StatefulSet", "skillgap-nats"]["spec"]["replicas"] == 3
    assert "sync_interval: always" in named["ConfigMap", "skillgap-nats"]["data"]["nats.conf"]
    assert {"port": 4222} in named["NetworkPolicy", "skillgap"]["spec"]["egress"][0]["ports"]
    settings = named["ConfigMap", "skillgap"]["data"]["skillgap.toml"]
    assert tomllib.loads(settings)["change_log"]["servers"].count("skillgap-nats:4222") == 3
    for name, text in {"chart": settings, "compose": read("nats/replica.toml")}.items():
        file = tmp_path / f"{name}.toml"
        file.write_text(text.replace("0.0.0.0:50052", "127.0.0.1:1"), encoding="utf-8")
        done = subprocess.run([BIN, "ready", "--config", file], capture_output=True, text=True, timeout=START)
        assert done.returncode == 1 and done.stderr.startswith("skillgap: 127.0.0.1:1: "), done.stderr
    configs = [named["ConfigMap", "skillgap-nats"]["data"]["nats.conf"], read("nats/nats.conf")]
    for at, text in enumerate(configs):
        # The server itself says whether it takes them, where it is installed.
        if program := os.environ.get("SKILLGAP_NATS_SERVER") or shutil.which("nats-server"):
            (tmp_path / f"nats{at}.conf").write_text(text, encoding="utf-8")
            ran(program, "-t", "-c", tmp_path / f"nats{at}.conf", env={"POD_NAME": "a", "NATS_NAME": "a"})


def test_the_chart_is_closed_unless_told_otherwise():
    with pytest.raises(Exception, match="keysSecret and tlsSecret are needed"):
        rendered({"keysSecret": ""})


# ---- systemd


@needs("systemd-analyze")
def test_the_unit_is_well_formed_and_exposed_little(tmp_path):
    unit = tmp_path / "skillgap.service"
    # The program stands elsewhere here.
    unit.write_text(read("systemd/skillgap.service").replace("/usr/bin/skillgap", str(BIN)), encoding="utf-8")
    said = ran("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])
    assert exposure <= EXPOSURE_MAX, said
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60)
    assert "skillgap.service" not in checked.stderr, checked.stderr


@needs("systemd-analyze")
def test_the_backup_of_every_night_is_well_formed(tmp_path):
    for name in ("skillgap-backup.service", "skillgap-backup.timer"):
        (tmp_path / name).write_text(read(f"systemd/{name}").replace("/usr/bin/skillgap", str(BIN)), encoding="utf-8")
    units = list(tmp_path.iterdir())
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=60)
    assert "skillgap-backup" not in checked.stderr, checked.stderr
    # Its commands, in a folder of ours: a copy is made, and what is older than two weeks goes.
    data = starter_directory(tmp_path)
    lines = re.findall(r"^ExecStart=(.+)$", units[0].parent.joinpath("skillgap-backup.service").read_text(encoding="utf-8"), re.M)
    old = tmp_path / "backups/2026-01-01"
    old.mkdir(parents=True)
    os.utime(old, (0, 0))
    for line in lines:
        line = line.replace("/var/lib/skillgap/data", data).replace("/var/lib/skillgap", str(tmp_path)).replace("$$", "$").replace("%%", "%")
        ran(*shlex.split(line))
    (made,) = (tmp_path / "backups").iterdir()
    assert made != old and (made / "CURRENT").exists()


def test_the_settings_of_the_unit_are_taken(tmp_path):
    settings = tomllib.loads(read("systemd/skillgap.toml"))
    assert settings["catalogue"]["data_dir"].startswith("/var/lib/skillgap")
    (tmp_path / "skillgap.toml").write_text(read("systemd/skillgap.toml") + '[admin]\nlisten = "127.0.0.1:1"\n', encoding="utf-8")
    done = subprocess.run([BIN, "ready", "--config", tmp_path / "skillgap.toml"], capture_output=True, text=True, timeout=START)
    assert done.stderr.startswith("skillgap: 127.0.0.1:1: "), done.stderr


# ---- metrics


def named(expressions: list[str]) -> set[str]:
    return {name for text in expressions for name in re.findall(r"\b(?:skillgap|process)_[a-z_]+", text)}


def expressions() -> dict[str, list[str]]:
    """What the alerts and the dashboard ask Prometheus."""
    rules = [rule["expr"] for group in yaml.safe_load(read("monitoring/alerts.yaml"))["groups"] for rule in group["rules"]]
    dashboard = json.loads(read("monitoring/dashboard.json"))
    panels = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    lists = [one["query"]["query"] for one in dashboard["templating"]["list"] if one["type"] == "query"]
    return {"alerts.yaml": rules, "dashboard.json": panels + lists}


def test_every_metric_of_alerts_and_dashboard_is_there(start, tmp_path):
    data = starter_directory(tmp_path)
    with start("--data-dir", data, auth__anonymous="write", grpc__first_call_seconds_max="1") as service:
        with Skillgap(service.url) as skillgap:
            skillgap.recommend_credentials(target={"ad": "We sell shoes"})
            skillgap.batch_upsert_credentials(credentials=[{"id": "a", "title": {"en": "A"}}])
        # One that says nothing is closed, and counted.
        host, port = service.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=START) as silent:
            assert silent.recv(1) == b""
        with urllib.request.urlopen(f"{service.admin}/metrics", timeout=10) as answer:
            metrics = answer.read().decode()
    samples = {re.split(r"[{ ]", line)[0] for line in metrics.splitlines() if not line.startswith("#")}
    for file, asked in expressions().items():
        assert len(asked) >= 8 and named(asked) <= samples, (file, named(asked) - samples)
    labels = set(re.findall(r"[{,]([a-z_]+)=\"", metrics)) | {"instance", "job"}
    for asked in expressions().values():
        used = {label for text in asked for group in re.findall(r"by \(([^)]*)\)", text) for label in re.split(r",\s*", group)}
        used |= {label for text in asked for label in re.findall(r"[{,]\s*([a-z_]+)(?:=|!)", text)}
        assert used <= labels, used - labels
    assert "skillgap_credentials 45" in metrics
    assert 'scope="write",code="ok"} 1' in metrics


@needs("promtool")
def test_prometheus_takes_the_rules():
    ran("promtool", "check", "rules", PACKAGES / "monitoring/alerts.yaml")


# ---- the rest


@needs("cargo")
def test_the_bill_of_materials_lists_what_is_linked():
    bill = json.loads(ran("python3", PACKAGES / "sbom.py"))
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "skillgap")
    names = {component["name"] for component in bill["components"]}
    assert {"tonic", "tantivy", "rustls", "skillgap-linker"} <= names
    assert not {"proptest", "protox", "tonic-prost-build", "serde_derive"} & names
    known = {component["bom-ref"] for component in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert all(set(entry["dependsOn"]) <= known for entry in bill["dependencies"])
    assert all(component.get("licenses") for component in bill["components"])


def test_manual_and_completions_are_written(tmp_path):
    cli("man", str(tmp_path))
    pages = {page.name for page in tmp_path.iterdir()}
    assert {"skillgap.1", "skillgap-serve.1", "skillgap-key-new.1"} <= pages and "skillgap-man.1" not in pages, pages
    assert "\\-\\-data\\-dir" in (tmp_path / "skillgap-serve.1").read_text(encoding="utf-8")
    for shell in ("bash", "zsh", "fish"):
        assert "check-credentials" in cli("completions", shell), shell
    script = tmp_path / "completions.bash"
    script.write_text(cli("completions", "bash"), encoding="utf-8")
    ran("bash", "-n", script)
