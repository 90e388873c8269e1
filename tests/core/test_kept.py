"""What a process keeps in memory: bounded, and the last used of it."""

from __future__ import annotations

import threading

from core.kept import Kept


def test_what_was_not_asked_for_longest_goes_where_it_becomes_too_much() -> None:
    kept: Kept[str] = Kept(10)
    for key in ("a", "b", "c"):
        kept.put(key, key * 3, 3)
    assert kept.get("a") == "aaa"
    kept.put("d", "dd", 2)
    assert [kept.get(key) for key in ("a", "b", "c", "d")] == ["aaa", None, "ccc", "dd"]
    assert (len(kept), kept.weight) == (3, 8)
    kept.put("c", "c", 1)
    assert (kept.get("c"), kept.weight) == ("c", 6)
    kept.drop("a")
    kept.drop("never there")
    assert (kept.get("a"), kept.weight) == (None, 3)


def test_a_value_that_is_too_heavy_is_not_kept_and_the_one_before_it_is_gone() -> None:
    kept: Kept[str] = Kept(10)
    kept.put("a", "small", 5)
    kept.put("a", "large", 11)
    assert (kept.get("a"), len(kept), kept.weight) == (None, 0, 0)


def test_several_threads_may_use_it_at_once() -> None:
    kept: Kept[int] = Kept(50)

    def work(number: int) -> None:
        for n in range(500):
            kept.put((number, n % 20), n, 1 + n % 3)
            kept.get((number + 1, n % 20))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 0 < kept.weight <= 50
