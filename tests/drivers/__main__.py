"""Makes the environments that are not there yet, with uv: half a second each where the packages are cached."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.drivers import FOLDER, REQUIREMENTS, interpreter

UV = Path(sys.executable).with_name("uv")


def main() -> None:
    for version, requirements in REQUIREMENTS.items():
        if not is_whole(version):
            shutil.rmtree(FOLDER / version, ignore_errors=True)
            uv("venv", FOLDER / version, "--python", sys.executable)
            uv("pip", "install", "--require-hashes", "-r", requirements, "--python", interpreter(version))


def is_whole(version: str) -> bool:
    """Whether the driver can be loaded: an installation that was broken off leaves an environment without it."""
    code = f"import duckdb, pytz; assert duckdb.__version__ == {version!r}"
    command = [interpreter(version), "-I", "-c", code]
    return interpreter(version).exists() and subprocess.run(command, check=False, capture_output=True).returncode == 0


def uv(*words: str | Path) -> None:
    subprocess.run([UV, "--quiet", *words], check=True)


if __name__ == "__main__":
    main()
