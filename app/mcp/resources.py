"""Reports as resources: ``run://RUN/report.html`` and the other forms, for a client that shows or keeps them."""

from __future__ import annotations

import re
from typing import get_args

from mcp_types import ListResourcesResult, ListResourceTemplatesResult, ReadResourceResult, Resource, ResourceTemplate, TextResourceContents

from app.services.entry import Services
from app.services.reports import MEDIA_TYPES, TextForm, render
from core.errors import NotFoundError, UsageError
from core.runs import RunFilter

FORMS: tuple[TextForm, ...] = get_args(TextForm)
#: Newest reports that are listed, and the largest that is handed out, characters.
LISTED, LARGEST = 20, 5_000_000
_ADDRESS = re.compile(r"run://([0-9a-zA-Z-]{1,64})/report\.(\w+)")


def listed(services: Services) -> ListResourcesResult:
    """The reports of the newest runs that are finished, as HTML. StoreError."""
    found, _ = services.runs().search(RunFilter(statuses=("success", "no_candidate")), LISTED)
    return ListResourcesResult(
        resources=[
            Resource(uri=f"run://{r.run_id}/report.html", name=f"Report {r.run_id}: {r.goal[:120]}", mime_type="text/html") for r in found
        ]
    )


def templates() -> ListResourceTemplatesResult:
    """The addresses of reports, one for each form."""
    return ListResourceTemplatesResult(
        resource_templates=[
            ResourceTemplate(
                uri_template=f"run://{{run_id}}/report.{form}", name=f"report as {form}", mime_type=MEDIA_TYPES[form].partition(";")[0]
            )
            for form in FORMS
        ]
    )


def read(services: Services, address: str) -> ReadResourceResult:
    """The report at an address. NotFoundError for one that is none or a run without a report, UsageError for one that is too large."""
    found = _ADDRESS.fullmatch(address)
    form = next((f for f in FORMS if found is not None and f == found[2]), None)
    if found is None or form is None:
        raise NotFoundError(f"there is no resource {address[:200]!r}; reports are run://RUN/report.html, .csv, .sdf and .json")
    text = render(services.runs().report(found[1]), form, catalogue=services.workspace.catalogue)
    if len(text) > LARGEST:
        raise UsageError(f"this report has {len(text):,} characters; molwright report {found[1]} --{form} writes it")
    return ReadResourceResult(contents=[TextResourceContents(uri=address, mime_type=MEDIA_TYPES[form].partition(";")[0], text=text)])
