"""What `make bench` computes; the scripts in the folder benchmarks/ are not a package."""

import sys

from megaapi_mock.resources import root

BENCHMARKS = root("spec").parent / "benchmarks"
sys.path.append(str(BENCHMARKS))
