"""Bring the front-end libraries into static/ at pinned versions, or check that they are still those.

`vendor.py` packs each package with npm, refuses one whose SHA-256 is not the pinned one, writes the
files and static/vendor/manifest.json. `vendor.py --check` needs no network.
"""

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STATIC = Path(__file__).resolve().parent.parent / "static"
MANIFEST = "vendor/manifest.json"
ICONS = (
    "arrow-down arrow-right arrow-up ban check chevron-down chevron-left chevron-right chevron-up circle-check"
    " circle-dot circle-x clock copy database download external-link file-text file-up history inbox info keyboard"
    " list-filter lock log-out monitor moon package pencil plus search shield-check skip-forward sun trash-2"
    " triangle-alert undo-2 upload user-round users x"
)


@dataclass(frozen=True, slots=True)
class Package:
    """One pinned package: `sha256` is of the packed archive, `copies` maps its paths to ours under static/."""

    name: str
    version: str
    licence: str
    sha256: str
    copies: dict[str, str]
    icons: bool = False


PACKAGES = (
    Package(
        name="htmx.org",
        version="2.0.11",
        licence="0BSD",
        sha256="165a2655073e9e6e55e307a7c74e8ebcdb76afb7701f9c16cfd106a13add408e",
        copies={"dist/htmx.min.js": "vendor/htmx.min.js", "LICENSE": "vendor/htmx.LICENSE"},
    ),
    Package(
        name="lucide-static",
        version="1.62.0",
        licence="ISC",
        sha256="386f9080c440d6f5049cefe3456ae8357f7a0c7f76e59670cd1cb83bc7050a44",
        copies={"LICENSE": "vendor/lucide.LICENSE"},
        icons=True,
    ),
    Package(
        name="uplot",
        version="1.6.32",
        licence="MIT",
        sha256="4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d",
        copies={
            "dist/uPlot.iife.min.js": "vendor/uPlot.iife.min.js",
            "dist/uPlot.min.css": "vendor/uPlot.min.css",
            "LICENSE": "vendor/uPlot.LICENSE",
        },
    ),
)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def pack(package: Package, folder: Path) -> dict[str, bytes]:
    """Return the package's files by their path inside it; ValueError when the archive is not the pinned one."""
    command = [
        "npm",
        "pack",
        "--silent",
        "--pack-destination",
        str(folder),
        f"{package.name}@{package.version}",
    ]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    archive = folder / name
    found = digest(archive.read_bytes())
    if found != package.sha256:
        raise ValueError(
            f"{name} has SHA-256 {found}, pinned is {package.sha256}: compare before you change the pin."
        )
    with tarfile.open(archive) as tar:
        members = [(member, tar.extractfile(member)) for member in tar.getmembers()]
        return {member.name.removeprefix("package/"): file.read() for member, file in members if file}


def symbol(name: str, svg: str) -> str:
    """Return one sprite symbol from a whole icon file; colour and line come from the page's stylesheet."""
    inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    return f'<symbol id="{name}" viewBox="0 0 24 24">{re.sub(r">\s+<", "><", inner).strip()}</symbol>\n'


def sprite(files: dict[str, bytes]) -> bytes:
    symbols = "".join(symbol(name, files[f"icons/{name}.svg"].decode()) for name in ICONS.split())
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}</svg>\n'.encode()


def build() -> None:
    """Write every vendored file and the manifest that names them."""
    entries: list[dict[str, Any]] = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            files = pack(package, Path(folder))
        written = {target: files[path] for path, target in package.copies.items()}
        if package.icons:
            written["icons.svg"] = sprite(files)
        for target, data in written.items():
            (STATIC / target).parent.mkdir(parents=True, exist_ok=True)
            (STATIC / target).write_bytes(data)
        entries.append(
            {
                "name": package.name,
                "version": package.version,
                "licence": package.licence,
                "archive_sha256": package.sha256,
                "files": {target: digest(data) for target, data in sorted(written.items())},
            }
        )
    (STATIC / MANIFEST).write_text(json.dumps(entries, indent=2) + "\n")


def problems(static: Path = STATIC) -> list[str]:
    """Return one sentence for each file that is missing or is not what the manifest says; [] when all is well."""
    entries = json.loads((static / MANIFEST).read_text())
    found = []
    for path, expected in (item for entry in entries for item in entry["files"].items()):
        file = static / path
        if not file.exists():
            found.append(f"static/{path} is missing: run make vendor.")
        elif digest(file.read_bytes()) != expected:
            found.append(f"static/{path} was changed by hand: run make vendor.")
    pinned = [(package.name, package.version) for package in PACKAGES]
    if [(entry["name"], entry["version"]) for entry in entries] != pinned:
        found.append("The manifest names other versions than scripts/vendor.py: run make vendor.")
    return found


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        found = problems()
        sys.stderr.writelines(f"{problem}\n" for problem in found)
        return 1 if found else 0
    build()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
