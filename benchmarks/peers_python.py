"""The peers' own environment, `.tools/peers`: made when first needed, apart from the one we run in."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WANTED = ROOT / "requirements" / "peers.txt"
ROOM = ROOT / ".tools" / "peers"


def peers_python() -> Path:
    """A Python that has the peers of requirements/peers.txt. Raises CalledProcessError."""
    python = ROOM / "bin" / "python"
    stamp = ROOM / "installed"
    wanted = hashlib.sha256(WANTED.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing the peers of {WANTED.relative_to(ROOT)}", flush=True)
    if uv := _uv():
        _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(ROOM))
        _run(uv, "pip", "sync", "--quiet", "--python", str(ROOM), "--require-hashes", str(WANTED))
    else:
        _run(sys.executable, "-m", "venv", "--clear", str(ROOM))
        _run(str(python), "-m", "pip", "install", "-qq", "--require-hashes", "-r", str(WANTED))
    stamp.write_text(wanted, encoding="utf-8")
    return python


def _uv() -> str | None:
    """The uv that `tools/setup` uses."""
    places = ("uv", str(ROOT / ".tools/bin/uv"), str(ROOT / ".tools/site/bin/uv"))
    return next((found for place in places if (found := shutil.which(place))), None)


def _run(*words: str) -> None:
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)
