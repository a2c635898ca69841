"""``python -m spreadtune VERB``."""

from spreadtune.cli import main

if __name__ == "__main__":
    main()
