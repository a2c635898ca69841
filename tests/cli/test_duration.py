from spreadtune.cli.duration import as_clock


def test_as_clock() -> None:
    assert [as_clock(seconds) for seconds in (0, 5.4, 65, 3600, 7384.6)] == [
        "0:00",
        "0:05",
        "1:05",
        "1:00:00",
        "2:03:05",
    ]
