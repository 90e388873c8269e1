"""Prompts are files: ``prompts/ROLE/NAME.md`` with front matter and two Jinja2 sections, rendered strictly.

    ---
    role: critic
    version: 1
    variables: goal, shortlist
    description: Looks at the shortlist for what rules miss.
    ---
    ## system
    You are ...
    ## user
    The goal: {{ goal | fence("goal") }}

``variables`` must be exactly the ones that the text uses.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

from core.errors import ConfigurationError
from prompts.fencing import fence

__all__ = ["Prompt", "fence", "load", "names", "parse"]

FOLDER = Path(__file__).parent
_HEAD = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
_SECTION = re.compile(r"^## (system|user)[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9_-]*/[a-z][a-z0-9_-]*")
_FIELDS = ("role", "version", "variables", "description")


def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)
    environment.filters["fence"] = fence
    environment.globals = {"fence": fence}
    return environment


@dataclass(frozen=True)
class Prompt:
    """A prompt as its file says it. ``hash`` is the SHA-256 of the whole text."""

    name: str
    role: str
    version: str
    variables: tuple[str, ...]
    description: str
    hash: str
    text: str
    system: str
    user: str

    def render(self, **variables: Any) -> list[dict[str, str]]:
        """The messages (system, user) with the variables filled in. ConfigurationError if one is missing, unknown or does not fit."""
        missing = [name for name in self.variables if name not in variables]
        unknown = sorted(set(variables) - set(self.variables))
        if missing or unknown:
            parts = [f"{word} {', '.join(found)}" for word, found in (("lacks", missing), ("does not know", unknown)) if found]
            raise ConfigurationError(f"prompt {self.name} {' and '.join(parts)}")
        environment = _environment()
        messages = []
        for role, section in (("system", self.system), ("user", self.user)):
            try:
                text = environment.from_string(section).render(variables).strip()
            except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
                raise ConfigurationError(f"prompt {self.name}, section {role}: {error}") from error
            if text:
                messages.append({"role": role, "content": text})
        return messages


def parse(text: str, name: str = "") -> Prompt:
    """The prompt in ``text``. ``name`` is ROLE/NAME; without one, the front matter's ``name`` field gives it. Raises ConfigurationError."""
    text = text.replace("\r\n", "\n")
    found = _HEAD.match(text)
    if found is None:
        raise ConfigurationError(f"prompt {name or 'file'}: it begins with front matter between two lines of ---")
    fields = _front_matter(found[1], name)
    name = name or fields.get("name", "")
    if not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"prompt {name or 'file'}: its name is ROLE/NAME in lower case, in the front matter's field name or by its path"
        )
    missing = [f for f in _FIELDS if f not in fields]
    unknown = sorted(set(fields) - {*_FIELDS, "name"})
    if missing or unknown:
        raise ConfigurationError(
            f"prompt {name}: front matter has {', '.join(_FIELDS)}; missing or unknown: {', '.join(missing + unknown)}"
        )
    if name.split("/")[0] != fields["role"]:
        raise ConfigurationError(f"prompt {name}: its role is {fields['role']!r}, its name says {name.split('/')[0]!r}")
    sections = _sections(found[2], name)
    variables = tuple(v for v in re.split(r"[\s,]+", fields["variables"].strip("[] ")) if v)
    _check_variables(name, sections, variables)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Prompt(
        name, fields["role"], fields["version"], variables, fields["description"], digest, text, sections["system"], sections["user"]
    )


@lru_cache(maxsize=256)
def load(name: str) -> Prompt:
    """The prompt ``ROLE/NAME`` that ships with the program. Raises ConfigurationError if there is none or it is damaged."""
    path = FOLDER / f"{name}.md"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise ConfigurationError(f"there is no prompt {name!r}; there are: {', '.join(names()) or 'none'}")
    return parse(path.read_text(encoding="utf-8"), name)


def names() -> list[str]:
    """Every prompt that ships with the program, sorted."""
    return sorted(f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.md"))


def _front_matter(text: str, name: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        key, colon, value = line.partition(":")
        if not colon or not key.strip().isidentifier() or key.strip() in fields:
            raise ConfigurationError(f"prompt {name or 'file'}: the front matter's line {line!r} is not 'field: value', or is there twice")
        fields[key.strip()] = value.strip().strip('"')
    return fields


def _sections(body: str, name: str) -> dict[str, str]:
    pieces = _SECTION.split(body)
    found = list(zip(pieces[1::2], pieces[2::2], strict=True))
    if pieces[0].strip() or [role for role, _ in found] != ["system", "user"]:
        raise ConfigurationError(f"prompt {name}: the text is a section '## system' and then a section '## user'")
    return dict(found)


def _check_variables(name: str, sections: Mapping[str, str], declared: tuple[str, ...]) -> None:
    environment = _environment()
    used: set[str] = set()
    for section in sections.values():
        try:
            used |= meta.find_undeclared_variables(environment.parse(section))
        except TemplateError as error:
            raise ConfigurationError(f"prompt {name}: {error}") from error
    used -= set(environment.globals)
    if used != set(declared):
        odd = ", ".join(sorted(used ^ set(declared)))
        raise ConfigurationError(f"prompt {name}: the front matter's variables are not those that the text uses: {odd}")
