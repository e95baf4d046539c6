"""The hot functions and the codecs, each alone."""

import argparse
import sys

import sources
from cases import Tools, output
from pages import PERFORMANCE, fill


def run(tools: Tools, options: argparse.Namespace) -> None:
    """time the hot functions and the codecs, into docs/performance.md"""
    if tools.micro is None:
        sys.exit("the micro-benchmarks are not built; run Scripts/bench --micro")
    images = [
        sources.ALL[name].ready(options.cache, options.scale, options.seed)
        for name in ("files", "small-clusters", "sprinkled-wide")]
    tables = output(tools.micro, "tables", *map(str, images))
    fill(PERFORMANCE, "micro", tables)
    print(tables)
