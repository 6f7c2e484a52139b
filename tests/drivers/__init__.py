"""The DuckDB drivers that BI tools ship: each in an environment of its own, made by `make drivers` and kept.

One requirements file a driver, with hashes: `1.4.5.txt` is DuckDB 1.4.5. A new one is added by

    printf 'duckdb==1.6.0\\npytz\\n' | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header
"""

from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".drivers"
REQUIREMENTS = {path.stem: path for path in sorted(Path(__file__).parent.glob("*.txt"))}


def interpreter(version: str) -> Path:
    """The Python that has this driver; it is there once `make drivers` has run."""
    return FOLDER / version / "bin" / "python"
