"""Names for the processes that own runs, and whether such a process has certainly died."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

_FIELDS = 6


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        return ""


def _machine() -> tuple[str, str, str]:
    """Host name, start of this boot, and process-number space: equal only where process numbers mean the same."""
    try:
        space = os.readlink("/proc/self/ns/pid").removeprefix("pid:[").removesuffix("]")
    except OSError:
        space = ""
    return socket.gethostname().replace("/", "_"), _read("/proc/sys/kernel/random/boot_id")[:13], space


def _started(pid: int) -> str:
    """When process ``pid`` started, in clock ticks since boot; empty if there is none, or a dead one not yet collected."""
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 and fields[0] not in ("Z", "X") else ""


def new_owner() -> str:
    """A name for one execution in this process: ``host/boot/space/process/start/random``."""
    return "/".join((*_machine(), str(os.getpid()), _started(os.getpid()), secrets.token_hex(4)))


def is_dead(owner: str) -> bool:
    """Whether ``owner`` (from :func:`new_owner`) was a process of this machine and boot that is gone.

    False whenever that is not certain: another machine, another container, another form of name, no ``/proc``.
    """
    parts = owner.split("/")
    if len(parts) != _FIELDS or not parts[3].isdigit() or not all(parts[1:5]) or tuple(parts[:3]) != _machine():
        return False
    return _started(int(parts[3])) != parts[4]
