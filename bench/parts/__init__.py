"""The parts of docs/performance.md, by name: each measures and returns a table."""

from parts import arithmetic, cold_start, plug_in, rates, scaling

PARTS = {
    "training": rates.training,
    "scoring": rates.scoring,
    "cold-start": cold_start.measure,
    "arithmetic": arithmetic.measure,
    "plug-in": plug_in.measure,
    "scaling": scaling.measure,
}
