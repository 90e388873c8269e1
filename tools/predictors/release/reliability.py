"""The section of docs/predictors.md on probabilities: what is said that a value lies in a range, against how often it did."""

from __future__ import annotations

from typing import Any

import numpy as np

from tools.predictors.training.chance import DRAWS, MOST
from tools.predictors.training.tails import LEAST_ROWS, PARTS, SHOWN_ROWS, THRESHOLDS, TOLERANCE, WATCHED

_WHICH = {"all": "all", "far": "least similar third"}


def section(kept: dict[str, Any], units: dict[str, str], folder: str) -> list[str]:
    """The lines of the section from what was kept of each predictor; ``units`` by predictor, ``folder`` that of the plots. Empty for nothing kept."""
    if not kept:
        return []
    lines = [
        "## Probabilities of ranges",
        "",
        "A value is the middle of what is expected; a table of the errors' quantiles by prediction and sigma (`tools/predictors/training/tails.py`; of the quantum yield, which "
        "lies in heaps at its bounds, of the true values' quantiles: whichever fits rows better that it has not seen) gives the ends of its 90 % interval and its quartiles, so that the arms are unequal where the errors are. Judged on the out-of-fold predictions of the random split, with tables "
        "fitted without the fold that is judged: "
        f"of each predictor {len(THRESHOLDS)} thresholds and {2 * PARTS - 1} windows at even parts of the measured values; for each the rows are put into tenths by the probability that is "
        f'said. Counted are the tenths with at least {LEAST_ROWS} rows; off is one whose true share differs by more than {TOLERANCE:.2f}. "Before" is the symmetric '
        'error of the ensemble alone, with the margin that structures outside the domain then got. "By chance": how many tenths of a perfect predictor would be off, on '
        f"average and in {MOST:.0%} of {DRAWS} draws at most, if the errors of one substance go together as those found do (a dye is measured in many solvents; 200 rows may be "
        "30 substances). Rebuilt in seconds: `python -m tools.predictors.training tails NAME ... --out-of-fold DIR`.",
        "",
        "| predictor | tenths | off before | off | by chance | largest difference before | largest | mean before | mean | least similar third: tenths | off before | off | "
        "by chance | largest |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, found in kept.items():
        (b, a, chance), (fb, fa, far_chance) = ([found[which][when] for when in ("before", "after", "chance")] for which in ("all", "far"))
        lines.append(
            f"| {name} | {a['bins']} | {b['off']} | {a['off']} | {_chance(chance)} | {b['largest']:.2f} | {a['largest']:.2f} | {b['mean']:.3f} | {a['mean']:.3f} | "
            f"{fa['bins']} | {fb['off']} | {fa['off']} | {_chance(far_chance)} | {fa['largest']:.2f} |"
        )
    lines += ["", *_together(kept), *_worst(kept, units), f"![reliability]({folder}/reliability.svg)", "", *_watched(kept, units)]
    return lines


def _chance(found: dict[str, float]) -> str:
    return f"{found['mean']:.1f}, {found['most']:.0f} at most"


def _together(kept: dict[str, Any]) -> list[str]:
    """How many are off in all, beside what chance leaves, and of which predictors more are off than it explains."""
    sums, beyond = [], []
    for which, words in _WHICH.items():
        off, bins = (sum(found[which]["after"][key] for found in kept.values()) for key in ("off", "bins"))
        mean = sum(found[which]["chance"]["mean"] for found in kept.values())
        sums.append(f"{words}: {off} of {bins} off, {mean:.1f} by chance")
        beyond += [f"{name} ({words})" for name, found in kept.items() if found[which]["after"]["off"] > found[which]["chance"]["most"]]
    more = (
        f"more than {MOST:.0%} of draws have off: {', '.join(beyond)} ({len(_WHICH) * len(kept)} counts were held against such draws)"
        if beyond
        else "of no predictor are more off than chance explains"
    )
    return [f"Together {'; '.join(sums)}; {more}.", ""]


def _worst(kept: dict[str, Any], units: dict[str, str]) -> list[str]:
    off = []
    for name, found in kept.items():
        for which, words in _WHICH.items():
            after = found[which]["after"]
            if after["off"]:
                w = after["worst"]
                span = " to ".join(f"{w[end]:g}" for end in ("low", "high") if end in w)
                span = span if "low" in w else f"below {span}"
                off.append(
                    f"{name}, {words}: {span} {units[name]}".rstrip() + f" (said {w['said']:.2f}, true {w['true']:.2f}, {w['n']:.0f} rows)"
                )
    return [f"The largest that are off: {'; '.join(off)}.", ""] if off else []


def _watched(kept: dict[str, Any], units: dict[str, str]) -> list[str]:
    lines = [
        f"Ranges that a check on rows kept aside once found wrong, said / true (rows) in tenths of at least {SHOWN_ROWS} rows:",
        "",
        "| range | rows | when | " + " | ".join(f"{i / 10:.1f} to {(i + 1) / 10:.1f}" for i in range(10)) + " |",
        "|---" * 13 + "|",
    ]
    for name, (low, high) in WATCHED.items():
        if name not in kept:
            continue
        span = f"below {high:g}" if low == -np.inf else f"above {low:g}" if high == np.inf else f"{low:g} to {high:g}"
        for which, words in _WHICH.items():
            for when in ("before", "after"):
                cells = [""] * 10
                for said, true, n in kept[name][which][when].get("watched", []):
                    cells[min(int(said * 10), 9)] = f"{said:.2f} / {true:.2f} ({n})"
                lines.append(f"| {name} {span} {units[name]} | {words} | {when} | {' | '.join(cells)} |")
    return [*lines, ""]
