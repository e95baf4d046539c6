"""Small pictures of curves, readable on light and on dark pages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from growth import Point

INK, OURS_COLOUR, PEER_COLOUR = "#808080", "#d9622b", "#3b82c4"


def draw(curves: Mapping[str, Sequence["Point"]], path: Path) -> None:
    """One panel for each curve, both axes logarithmic: what grows linearly is a straight line."""
    import matplotlib  # Here, so that what is measured does not begin with its weight.

    matplotlib.use("svg")
    matplotlib.rcParams |= {
        "svg.fonttype": "none", "svg.hashsalt": "clone-image", "font.family": "sans-serif",
        "font.size": 9, "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK,
        "xtick.color": INK, "ytick.color": INK}
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(
        1, len(curves), figsize=(8.4, 2.6), sharey=True, layout="constrained")
    for panel, (what, points) in zip(panels, curves.items()):
        numbers = [point.number for point in points]
        peers = [point for point in points if point.peer is not None]
        panel.loglog([p.number for p in peers], [p.peer for p in peers], "o-",
                     color=PEER_COLOUR, markersize=3, label="qemu-img convert")
        panel.loglog(numbers, [point.ours for point in points], "o-",
                     color=OURS_COLOUR, markersize=3, label="clone-image collapse")
        panel.set_xlabel(what)
        panel.grid(color=INK, alpha=0.25, linewidth=0.5)
        panel.minorticks_off()
        for axis in (panel.xaxis, panel.yaxis):
            axis.set_major_formatter("{x:,g}")
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].set_ylabel("seconds")
    names = panels[0].get_legend_handles_labels()
    figure.legend(*names, frameon=False, loc="upper center", ncol=2)
    figure.get_layout_engine().set(rect=(0, 0, 1, 0.9))
    figure.savefig(path, transparent=True, metadata={"Date": None})
