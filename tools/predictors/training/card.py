"""The model card for people."""

from __future__ import annotations

from typing import Any


def card_markdown(card: dict[str, Any]) -> str:
    """``card`` as Markdown: data, licence, splits, metrics, calibration, domain, limits, versions, hashes."""
    data, unit = card["data"], card["unit"]
    lines = [
        f"# {card['name']} ({unit})",
        "",
        f"Version {card['version']} (release {card['release']}), {card['bytes'] / 1e6:.2f} MB.",
        "",
        "## Data",
        f"{data['source']}. Licence: {data['licence']}. {data['rows_read']} rows read, {data['rows_used']} used "
        f"({data['substances']} substances). SHA-256 of the file: `{data['sha256']}`.",
        "",
        *(f"- left out, {reason}: {count}" for reason, count in sorted(data["left_out"].items(), key=lambda item: (-item[1], item[0]))),
        "",
        "## Method",
        "Hashed Morgan counts (radius 2, 2048 bits) and fast two-dimensional descriptors; the mean of "
        f"{len(card['training']['learners'])} LightGBM boosters; a further booster for the error to expect, conformal intervals.",
        f"Features: {card['training']['features']}. Rebuild: `{card['training']['command']}`.",
        "",
        "## Measured on held-out folds",
        "| split | n | RMSE | MAE | median error | R² | 90 % interval holds | least similar tenth | worst tenth | median half-width |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for split, m in card["metrics"].items():
        lines.append(
            f"| {split} | {m['n']} | {m['rmse']} | {m['mae']} | {m['median_absolute_error']} | {m['r2']} | {m['coverage']:.1%} | "
            f"{m['coverage_least_similar_tenth']:.1%} | {m['coverage_worst_tenth']:.1%} | {m['median_half_width']} |"
        )
    domain = card["domain"]
    limit = "" if domain["max_sigma"] >= 1e9 else f" and a sigma of at most {domain['max_sigma']} {unit}"
    lines += [
        "",
        "Sigma is the half-width of the 90 % interval over 1.645. The folds of the scaffold split use the intervals that ship.",
        "",
        "## Domain",
        f"Inside: a training structure with a Tanimoto similarity of at least {domain['min_similarity']}{limit}. Out of fold "
        f"{domain['share_outside']:.1%} of the rows are outside; RMSE {domain['rmse_outside']} there, {domain['rmse_inside']} inside "
        f"({domain['ratio']} times).",
        f"Elements: {', '.join(card['elements'])}.",
        "",
        "## Limits",
        *(f"- {limit_text}" for limit_text in card["limits"]),
        "",
        "## Versions and hashes",
        *(f"- {package} {number}" for package, number in sorted(card["training"]["versions"].items())),
        *(f"- `{name}` {value}" for name, value in sorted(card["files"].items())),
        "",
    ]
    return "\n".join(lines)
