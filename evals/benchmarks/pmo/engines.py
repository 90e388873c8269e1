"""The engines that the benchmark compares. Each sees the start set, a seed and scores; none sees the task or its oracle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.seeding import generator
from tools.optimise.optimiser import Optimiser
from tools.proposers.evolution.engine import Engine, EngineConfig

Ask = Callable[[], list[str]]
Tell = Callable[[Sequence[str], Sequence[float | None]], None]


@dataclass(frozen=True)
class Player:
    """An engine under test: ``ask`` gives the next structures ([] when it has none left), ``tell`` takes their scores."""

    ask: Ask
    tell: Tell


def ours(start: Sequence[str], seed: int, budget: int) -> Player:
    """The optimiser that ships, with its default settings."""
    optimiser = Optimiser(start, budget=budget, seed=seed)
    return Player(optimiser.ask, optimiser.tell)


def graph_ga(start: Sequence[str], seed: int, budget: int) -> Player:
    """A plain graph GA: 120 kept by rank, 70 offspring, crossover and mutations, no filter but validity."""
    rng = generator(seed, "pmo", 0, "graph_ga")
    first = rng.sample(list(start), min(120, len(start)))
    engine = Engine(rng, EngineConfig(population=120, max_sa=None, implausible=None, pressure=2.0), start=first)
    return Player(lambda: engine.ask(120 if not engine.population else 70), engine.tell)


def random_screening(start: Sequence[str], seed: int, budget: int) -> Player:
    """Random members of the start set."""
    rng = generator(seed, "pmo", 0, "random")
    left = rng.sample(list(start), min(len(start), budget + budget // 10))

    def ask() -> list[str]:
        batch = [left.pop() for _ in range(min(500, len(left)))]
        return batch

    return Player(ask, lambda smiles, scores: None)


ENGINES: dict[str, Callable[[Sequence[str], int, int], Player]] = {"ours": ours, "graph_ga": graph_ga, "random": random_screening}

__all__ = ["ENGINES", "Player"]
