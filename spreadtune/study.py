"""``python -m spreadtune.study NAME``: the same as ``spreadtune run NAME``."""

from spreadtune.cli.main import run_study_main

if __name__ == "__main__":
    run_study_main()
