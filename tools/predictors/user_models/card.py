"""The model card of an own property, for people."""

from __future__ import annotations

from typing import Any

from tools.predictors.weights import hash_lines


def card_markdown(card: dict[str, Any]) -> str:
    """``card`` as Markdown: data, method, cross-validated figures, calibration, domain, warnings, versions, hashes."""
    data, unit = card["data"], card["unit"]
    lines = [
        f"# {card['label']} ({unit or 'no unit'}): own property `{card['name']}`",
        "",
        f"{card['description']} Version {card['version']}, {card['bytes'] / 1e6:.2f} MB.",
        *(
            [
                "",
                f"The decimal logarithm of the value in {card['plain_unit'] or 'its unit'} is predicted; goals may state {card['plain_unit'] or 'the plain number'}.",
            ]
            if card["log"]
            else []
        ),
        "",
        "## Data",
        f"{data['file']}: {data['rows_read']} rows read, {data['rows_used']} used ({data['substances']} substances; the median where one was"
        f" measured several times). SHA-256 `{data['sha256']}`.",
        *(f"- left out, line {line}: {reason}" for line, reason in data["bad_rows"][:200]),
        *([f"- and {len(data['bad_rows']) - 200} more"] if len(data["bad_rows"]) > 200 else []),
        "",
        "## Warnings",
        *([f"- {warning}" for warning in card["warnings"]] or ["None."]),
        "",
        "## Method",
        f"Mean of a kernel regression (weight {card['training']['kernel_share']:g}) and two LightGBM boosters on fingerprints and descriptors"
        f" ({card['training']['features']}); normalised conformal intervals. Made by `{card['training']['command']}`.",
        "",
        "## Measured on held-out folds",
        f"| split | n | RMSE, {unit} | MAE | R² | Spearman | RMSE of saying the mean | 90 % interval holds | median half-width |",
        "|---|---|---|---|---|---|---|---|---|",
        *(
            f"| {split} | {m['n']} | {m['rmse']} | {m['mae']} | {m['r2']} | {m['spearman']} | {m['rmse_of_the_mean']} | {m['coverage']:.0%} |"
            f" {m['median_half_width']} |"
            for split, m in card["metrics"].items()
        ),
        "",
        "The intervals of the scaffold and cluster splits are those that the model uses, calibrated on the random split.",
        "",
        "## Domain",
        f"Inside: a measured structure with a Tanimoto similarity of at least {card['domain']['min_similarity']}. Elements: "
        f"{', '.join(card['elements'])}. {'Polymers (repeat units with two *).' if card['kind'] == 'polymer' else 'Neutral molecules of one piece.'}",
        "",
        *hash_lines(card),
    ]
    return "\n".join(lines)
