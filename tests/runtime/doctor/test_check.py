"""A check that crashes is a result."""

from spreadtune.runtime.doctor.check import Check, examined


def test_what_is_found_is_passed_on():
    found = Check("a", "ok", "fine")
    assert list(examined("a", lambda: found)) == [found]
    assert list(examined("a", lambda: [found, found])) == [found, found]


def test_a_crash_is_a_problem_with_its_reason():
    def crash():
        raise RuntimeError("no\nsuch thing")

    def crash_later():
        yield Check("a", "ok", "fine")
        raise OSError

    [check] = examined("a", crash)
    assert check == Check("a", "problem", "could not be looked at: RuntimeError: no")
    assert [check.status for check in examined("a", crash_later)] == ["problem"]
