"""The checker of prose: stored numbers stay, everything else goes, with the reason."""

from __future__ import annotations

import re

import pytest

from agent.roles.fact_check.check import check_text
from agent.roles.fact_check.facts import Facts, candidate_facts, report_facts
from agent.roles.fact_check.numbers import UNKNOWN, factors, numbers_in, odd_digits
from agent.roles.fact_check.sentences import sentences
from agent.roles.reporter.sentences import explain_candidate, summarise
from core.report import Report
from tools.workspace import builtin

TRUE = [
    "The glass transition temperature of candidate 1 is 252 ± 31 °C.",
    "Candidate 1 has a Tg of 252.4 °C.",
    "Candidate 1 has a Tg of about 250 °C.",
    "Candidate 1 has a Tg of 525.6 K, that is 252 °C.",
    "Its joint probability is 73 %.",
    "Candidate 1 meets all requirements with a probability of 0.73.",
    "Candidate 1 meets all requirements with a probability of 73.1 percent.",
    "Candidate 1 weighs 412 g/mol (molecular weight).",
    "The molecular weight of candidate 1 is 0.412 kg/mol.",
    "Candidate 1 has 3 aromatic rings and a logP of 3.14.",
    "Candidate 1 has three aromatic rings.",
    "Of 1,500 structures evaluated, 811 were rejected.",
    "All 3 candidates lie above 250 °C.",
    "Candidates 1 and 2 are the best of the list.",
    "Candidates 1, 2 and 3 meet the requirement of at least 250 °C.",
    "Candidate 2 has a Tg of 268 °C, candidate 3 one of 255 °C.",
    "The Tg of candidate 1 is lower than that of its parent by 12.3 °C.",
    "The Tg of candidate 1 is lower than that of its parent by 12 K.",
    "The 90 % interval of its Tg runs from 201 to 303 °C.",
    "Its nearest known structure has a measured Tg of 247 °C at a similarity of 0.62.",
    "The requirement that binds is R1.",
    "The closest value of those that fail was 249.4 °C.",
    "The best candidate has a Tg of 252 °C.",
    "Tg values range from 252 to 268 °C.",
    "Candidate 4-nitrophenyl and 1,2-dichloroethane are names, as are C18, sp3, N-methyl and H2O.",
    "poly-1 is an imide, *c1ccc(N2C(=O)c3ccccc3C2=O)cc1*.",
    "Rigid aromatic units raise the glass transition [1].",
    "Rigid polyimides have a high glass transition (Lovelace et al. in 1998 [1]).",
    "The reference of the polyimides has doi:10.1/abc.",
    "The structures combine rigid rings with a flexible link.",
    "Among those that miss it, one has a Tg of -80 °C.",
    "Candidate 1 scores 0.66 overall.",
]
FALSE = {
    "The glass transition temperature of candidate 1 is 262 ± 31 °C.": "262",
    "The glass transition temperature of candidate 1 is 252 ± 12 °C.": "12",
    "Candidate 1 has a Tg of 250 °C.": "250",
    "Candidate 1 has a Tg of 268 °C.": "268",
    "Candidate 1 has a Tg of 31 °C.": "31",
    "Candidate 1 has a Tg of 252 K.": "252",
    "Candidate 1 has a Tg of 252 nm.": "252",
    "Candidate 1 has a Tg of 252 bar.": "252",
    "Candidate 1 has a logP of 252.": "252",
    "Candidate 1 has a logP of 412.": "412",
    "Candidate 1 has a molecular weight of 3.14 g/mol.": "3.14",
    "Candidate 1 has five aromatic rings.": "five",
    "Candidate 1 meets all requirements with a probability of 99 %.": "99",
    "Candidate 1 meets all requirements with a probability of 1.": "1",
    "Candidate 2 has a probability of 73 % to meet everything.": "73",
    "Of 2,000 structures evaluated, 811 were rejected.": "2,000",
    "Twenty candidates were found.": "Twenty",
    "Candidate 7 is the best of them.": "candidate 7",
    "Rank 9 is held by an imide.": "candidate 9",
    "It is twice as stiff as the others.": "twice",
    "Its stiffness is a 10-fold gain.": "10-fold",
    "It costs $5 for a gram.": "5",
    "It melts at 3e5 of the scale.": "3e5",
    "A value of 10^6 is expected.": "10",
    "The result is certainly good.": "certainly",
    "Candidate 1 is safe to handle.": "safe",
    "It is non-toxic.": "toxic",
    "Its monomers are commercially available.": "commercially",
    "Copper pans raise it [7].": "[7]",
    "Rigid aromatic units raise it [2].": "[2]",
    "Rigid aromatic units raise it [1, 5].": "[5]",
    "Rigid aromatic units raise it [1-3].": "[2]",
    "Rigid units help (Miller et al. 2019).": "Miller",
    "Rigid units help, see https://example.org/paper.": "https",
    "Rigid units help, see doi:10.1000/182.": "10.1000",
    "Try CC(=O)Oc1ccccc1C(=O)O in its place.": "CC(=O)Oc1ccccc1C(=O)O",
    "The Tg rises by 10⁵ steps.": "unusual",
    "The Tg rises by ② steps.": "unusual",
    "The Tg is ２５２ °C.": "unusual",
    "A total of ½ of them holds.": "unusual",
    "Tg252 of candidate 2 is high.": "252",
    "The Tg of candidate 1 is -252 °C.": "252",
    "Among those that miss it, one has a Tg of 80 °C.": "80",
    "The Tg of candidate 1 is lower than that of its parent by 30 °C.": "30",
    "Its nearest known structure has a measured Tg of 211 °C.": "211",
    "Candidate 1 was published in 1847.": "1847",
    "Rank 7 is where candidate 1 stands.": "candidate 7",
    "A total of 811 polymers were listed.": "811",
    "The search ended after 9 generations.": "9",
}


@pytest.fixture
def facts(report: Report) -> Facts:
    return report_facts(report, calculators=builtin().calculators)


@pytest.mark.parametrize("text", TRUE)
def test_what_is_stored_stays(text: str, facts: Facts) -> None:
    checked = check_text(text, facts, catalogue=builtin().catalogue)
    assert (checked.text, checked.removed, checked.enough) == (text, (), True)


@pytest.mark.parametrize("text", FALSE)
def test_what_is_not_stored_goes_with_its_reason(text: str, facts: Facts) -> None:
    checked = check_text(text, facts, catalogue=builtin().catalogue)
    assert (checked.text, checked.kept, checked.enough) == ("", 0, False)
    assert FALSE[text].lower() in checked.removed[0].reason.lower()


def test_the_built_in_texts_pass_whole(report: Report) -> None:
    checked = check_text(
        summarise(report, calculators=builtin().calculators),
        report_facts(report, calculators=builtin().calculators),
        catalogue=builtin().catalogue,
    )
    assert checked.removed == ()
    for candidate in report.candidates:
        explained = explain_candidate(candidate, report.spec, report.candidates, report.citations, catalogue=builtin().catalogue)
        own = candidate_facts(candidate, report.candidates, report.spec, explained.citations, catalogue=builtin().catalogue)
        assert check_text(explained.rationale, own, catalogue=builtin().catalogue).removed == (), explained.rationale


def test_a_text_about_one_candidate_may_not_borrow_from_another(report: Report) -> None:
    first, second = report.candidates[:2]
    facts = candidate_facts(second, report.candidates, report.spec, report.citations, catalogue=builtin().catalogue)
    assert check_text("Its Tg is 268 °C.", facts, catalogue=builtin().catalogue).kept == 1
    assert check_text("Its Tg is 252 °C.", facts, catalogue=builtin().catalogue).kept == 0
    assert check_text("Candidate 1 has a Tg of 252 °C.", facts, catalogue=builtin().catalogue).kept == 1
    assert check_text("Against candidate 1 its Tg of 268 °C is higher.", facts, catalogue=builtin().catalogue).kept == 1
    assert check_text("Against candidate 1 its Tg of 252 °C is higher.", facts, catalogue=builtin().catalogue).kept == 0
    assert check_text(f"{first.name} has a Tg of 268 °C.", facts, catalogue=builtin().catalogue).kept == 0


def test_sentence_by_sentence(facts: Facts) -> None:
    text = "Candidate 1 has a Tg of 252 °C. Candidate 1 has a Tg of 300 °C. It is rigid, e.g. by its rings. The value is 5 m.\n- Cheap."
    checked = check_text(text, facts, catalogue=builtin().catalogue)
    assert checked.text == "Candidate 1 has a Tg of 252 °C. It is rigid, e.g. by its rings."
    assert [r.sentence for r in checked.removed] == ["Candidate 1 has a Tg of 300 °C.", "The value is 5 m.", "- Cheap."]
    assert (checked.kept, checked.enough) == (2, False)
    assert check_text("", facts, catalogue=builtin().catalogue).enough is False


def test_stops_in_names_and_numbers_end_no_sentence(facts: Facts) -> None:
    text = "poly-1 has 3.14 as its logP. Its Tg (ca. 252 °C) is good! See [1]. It is what A. Lovelace said?"
    assert len(sentences(text, facts)) == 4


def test_numbers_with_unit_sign_and_precision() -> None:
    found = {
        n.text: (n.value, n.tolerance, n.unit)
        for n in numbers_in("-3.50; 300-400 nm, about 1200 g/mol, 5 hours, 20 percent, 1st", catalogue=builtin().catalogue)
    }
    assert found == {
        "3.50": (-3.5, 0.005, ""),
        "300": (300.0, 0.5, "nm"),
        "400 nm": (400.0, 0.5, "nm"),
        "1200 g/mol": (1200.0, 50.0, "g/mol"),
        "5 hours": (5.0, 0.5, UNKNOWN),
        "20 percent": (20.0, 0.5, "%"),
        "1": (1.0, 0.5, ""),
    }
    assert (
        numbers_in("1,2-dichloro-4-nitrobenzene, C60, sp3-rich, a 3D shape, N,N-dimethyl, a 6-membered ring", catalogue=builtin().catalogue)
        == []
    )
    assert factors("it doubled, threefold and half of it") == ["doubled", "threefold", "half"]
    assert odd_digits("10⁵")
    assert not odd_digits("40 Å² at 1500 cm⁻¹")


@pytest.mark.parametrize(
    "text", ["", "....", "\x00\x01", "[" * 500, "9" * 5000, "1e999 K", "± ± ±", "°C", "-" * 300, "((((" * 50 + "1", "٣٤ candidates"]
)
def test_anything_may_come(text: str, facts: Facts) -> None:
    checked = check_text(text, facts, catalogue=builtin().catalogue)
    assert checked == check_text(text, facts, catalogue=builtin().catalogue)
    assert not any(c.isdigit() for c in checked.text)


def test_a_number_that_is_changed_is_found(report: Report) -> None:
    """Every number of true texts, changed by a third, by ten and in its sign: at most one in twenty still looks stored."""
    texts = [t for t in TRUE if numbers_in(t, catalogue=builtin().catalogue)] + [summarise(report, calculators=builtin().calculators)]
    texts += [
        explain_candidate(c, report.spec, report.candidates, report.citations, catalogue=builtin().catalogue).rationale
        for c in report.candidates
    ]
    facts, missed, tried = report_facts(report, calculators=builtin().calculators), 0, 0
    for text in (s for t in texts for s in sentences(t, facts)):
        for number in numbers_in(re.sub(r"\[\d+\]", "", text), catalogue=builtin().catalogue):
            digits = re.match(r"[\d.,]+", number.text)
            if digits is None or text.count(digits[0]) != 1 or digits[0].rstrip(".,") in {"1", "2", "3", "90"}:
                continue
            for change in (1.37, 10.0, 0.61):
                wrong = text.replace(digits[0], f"{number.value * change:.{len(digits[0].partition('.')[2])}f}")
                tried += 1
                missed += check_text(wrong, facts, catalogue=builtin().catalogue).kept
    assert tried > 60
    assert missed <= 0.05 * tried, (missed, tried)


def test_a_long_list_is_checked_in_reasonable_time(report: Report) -> None:
    """A thousand candidates: the work grows with the facts, not with their square."""
    first = report.candidates[0]
    many = [first.model_copy(update={"key": f"K{n}", "rank": n, "smiles": f"*{'C' * n}*", "name": f"poly-{n}"}) for n in range(1, 1001)]
    facts = report_facts(report.model_copy(update={"candidates": many}), calculators=builtin().calculators)
    assert check_text("Candidate 77 has a Tg of 252 °C. Candidate 78 has a Tg of 253.9 °C.", facts, catalogue=builtin().catalogue).kept == 1
