"""What lies in deploy/: settings that exist, commands that can be typed, containers and units without rights."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
import yaml

from api.cli.main import program
from api.settings import VARIABLES

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
UNITS = ("kompass.service", "kompass-worker.service")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS = ("web", "worker")


def text(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def typed(line: str) -> None:
    """Read a command as it is read when typed; raises click's errors."""
    words = shlex.split(line)
    with click.Context(program, info_name="kompass") as context:
        name, command, rest = program.resolve_command(context, words)
        while isinstance(command, click.Group):
            name, command, rest = command.resolve_command(context, rest)
        assert command is not None
        command.make_context(name, rest, parent=context)


@pytest.mark.parametrize("page", [*sorted(path.name for path in DEPLOY.iterdir() if path.is_file()), "installing.md"])
def test_every_setting_that_is_named_exists(page):
    path = DEPLOY / page if (DEPLOY / page).exists() else ROOT / "docs" / page
    assert set(re.findall(r"\bKOMPASS_\w+", path.read_text("utf-8"))) <= set(VARIABLES)


def test_every_command_that_is_started_can_be_typed():
    image = text("Dockerfile")
    lines = [" ".join(yaml.safe_load(command)) for command in re.findall(r"^CMD (\[.+\])", image, re.MULTILINE)]
    lines += [" ".join(COMPOSE["services"]["worker"]["command"])]
    lines += re.findall(r"ExecStart=/opt/kompass/bin/kompass (.+)", "".join(map(text, UNITS)))
    page = (ROOT / "docs" / "installing.md").read_text("utf-8")
    lines += re.findall(r"^    (?:docker compose .* run --rm worker|kompass) ([a-z][^#\n]+)", page, re.MULTILINE)
    assert len(lines) >= 8
    for line in lines:
        typed(line)
    with pytest.raises(click.UsageError):
        typed("serve --wrokers 2")


def test_every_file_that_the_page_installs_is_there():
    page = (ROOT / "docs" / "installing.md").read_text("utf-8")
    named = set(re.findall(r"\bdeploy/[\w.-]+", page)) - {"deploy/secrets"}
    assert {f"deploy/{name}" for name in (*UNITS, "kompass", "nginx.conf", "compose.yaml", "Dockerfile")} <= named
    for name in named:
        assert (ROOT / name).is_file(), name


# --- containers ---


@pytest.mark.parametrize("name", OURS)
def test_a_container_of_ours_runs_without_rights(name):
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.search(r"^USER \d+$", text("Dockerfile"), re.MULTILINE)


def test_the_database_can_be_reached_from_our_containers_alone():
    assert "ports" not in COMPOSE["services"]["neo4j"]
    assert COMPOSE["services"]["neo4j"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert COMPOSE["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_every_secret_is_made_and_given_where_it_is_read():
    for service in COMPOSE["services"].values():
        read = re.findall(r"/run/secrets/(\w+)", str(service["environment"]))
        assert read == service["secrets"]
        assert set(read) <= set(COMPOSE["secrets"])


def test_secrets_are_made_once_and_nobody_else_gets_at_them(tmp_path):
    script = shutil.copy(DEPLOY / "make-secrets", tmp_path)
    made = []
    for _ in range(2):
        subprocess.run([script], check=True)
        made.append((tmp_path / "secrets" / "neo4j_password").read_text())
    assert len(made[0]) == 48
    assert made[0] == made[1]
    assert (tmp_path / "secrets" / "neo4j_auth").read_text() == f"neo4j/{made[0]}"
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    for name in COMPOSE["secrets"].values():
        assert (tmp_path / name["file"]).is_file()


def test_what_is_secret_or_kept_stays_out_of_the_image_and_of_git():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {"deploy", ".git", ".venv", "*.db", "*.state"} <= set(ignored)
    assert "deploy/secrets" in (ROOT / ".gitignore").read_text("utf-8")


# --- systemd and nginx ---


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_a_unit_and_finds_it_well_closed(name, tmp_path):
    unit = tmp_path / name
    unit.write_text(text(name).replace("/opt/kompass/bin/kompass", sys.executable), "utf-8")
    found = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert name not in found.stderr, found.stderr
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-200:]


@pytest.mark.skipif(shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin") is None, reason="no nginx here")
def test_nginx_understands_its_file(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "1",
        "-subj",
        "/CN=kompass.example.org",
    ]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    site = text("nginx.conf").replace("/etc/ssl/kompass.pem", str(certificate))
    site = site.replace("/etc/ssl/private/kompass.key", str(key))
    for port in ("80", "443"):  # a test need not be root
        site = re.sub(rf"listen (\[::\]:)?{port}\b", rf"listen \g<1>2{port.zfill(3)}", site)
    (tmp_path / "site.conf").write_text(site, "utf-8")
    kept = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    main = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{ access_log off;\n{kept}include {tmp_path}/site.conf; }}\n"
    (tmp_path / "nginx.conf").write_text(main, "utf-8")
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    command = [str(nginx), "-t", "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
