"""API keys: made once, shown once, stored as hashes with their limits."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import Field, ValidationError

from core.errors import ConfigurationError, NotFoundError, UsageError
from core.model import Model

KEYS_VERSION = "1"
PREFIX = "mw-"


class ApiKey(Model):
    """One user's key. A key has 256 random bits, so a plain SHA-256 of it cannot be reversed by guessing."""

    name: str = Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$", description="The user; shown in records and metrics.")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the key.")
    created_at: str = Field(description="When it was made, ISO 8601 UTC.")
    requests_per_minute: int = Field(default=600, ge=1, description="Requests a minute.")
    max_concurrency: int = Field(default=64, ge=1, description="Requests at once.")


class KeyFile(Model):
    """The keys of a gateway."""

    schema_version: str = Field(default=KEYS_VERSION, description="Version of this model.")
    keys: list[ApiKey] = Field(default_factory=list, description="Keys, one a user.")


def hashed(key: str) -> str:
    """SHA-256 of a key, in hexadecimal."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class KeyStore:
    """The keys in a file, read again whenever the file has changed: a removed key stops working at the next request."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._by_hash: dict[str, ApiKey] = {}

    def find(self, key: str) -> ApiKey | None:
        """The user of a key, or None. Raises ConfigurationError if the file cannot be read."""
        self._refresh()
        return self._by_hash.get(hashed(key))

    def keys(self) -> list[ApiKey]:
        """Every key, in order of making."""
        return self._read().keys

    def add(self, name: str, created_at: str, *, requests_per_minute: int = 600, max_concurrency: int = 64) -> str:
        """Make a key and return it; it is not stored and cannot be shown again. Raises UsageError for a name that is taken or unusable."""
        key = PREFIX + secrets.token_urlsafe(32)
        try:
            entry = ApiKey(
                name=name,
                sha256=hashed(key),
                created_at=created_at,
                requests_per_minute=requests_per_minute,
                max_concurrency=max_concurrency,
            )
        except ValidationError as error:
            raise UsageError(f"key {name!r}: {error.errors()[0]['msg']}") from error
        with self._locked():
            file = self._read()
            if any(k.name == name for k in file.keys):
                raise UsageError(f"there is a key for {name!r} already; remove it first")
            self._write(KeyFile(keys=[*file.keys, entry]))
        return key

    def remove(self, name: str) -> None:
        """Take a user's key away. Raises NotFoundError if there is none."""
        with self._locked():
            file = self._read()
            rest = [k for k in file.keys if k.name != name]
            if len(rest) == len(file.keys):
                raise NotFoundError(f"there is no key for {name!r}")
            self._write(KeyFile(keys=rest))

    def _refresh(self) -> None:
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        except FileNotFoundError:
            self._stamp, self._by_hash = None, {}
            return
        if stamp != self._stamp:
            self._by_hash = {k.sha256: k for k in self._read().keys}
            self._stamp = stamp

    def _read(self) -> KeyFile:
        try:
            return KeyFile.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return KeyFile()
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror or error}") from error
        except ValidationError as error:
            raise ConfigurationError(f"{self._path} is not a key file: {error.errors()[0]['msg']}") from error

    def _write(self, file: KeyFile) -> None:
        part = self._path.with_name(self._path.name + ".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._give_to_owner(descriptor)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(file.model_dump_json(indent=2) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Only one process changes the file at a time."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path.with_name(self._path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigurationError(f"{self._path}: {error.strerror or error}") from error
        try:
            self._give_to_owner(descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _give_to_owner(self, descriptor: int) -> None:
        """A file that root writes belongs to the owner of its folder: the gateway, which is not root, has to read it."""
        if os.geteuid() == 0:
            folder = self._path.parent.stat()
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
