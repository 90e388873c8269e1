"""``python -m serving.local.keep FOLDER``: keeps the server running whose spec.json lies in FOLDER, until SIGTERM."""

from __future__ import annotations

import sys
from pathlib import Path

from serving.supervisor import Patience, ServerSpec, Supervisor


def main() -> None:
    """Run as a program."""
    folder = Path(sys.argv[1])
    spec = ServerSpec.model_validate_json((folder / "spec.json").read_text(encoding="utf-8"))
    Supervisor([spec], folder, Patience(tick=1.0, start=900.0, stop=20.0)).run()


if __name__ == "__main__":
    main()
