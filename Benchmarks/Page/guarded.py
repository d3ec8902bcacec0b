"""The files of the audit whose instructions `Scripts/thresholds` counts: `python guarded.py` prints their directory."""

from sections.audits import make

if __name__ == "__main__":
    print(make("guarded", 2_000, 5_000, 20_000))
