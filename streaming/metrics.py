"""Every metric of the pipelines, declared once: what it means and what to do about it."""

from storage.metrics import Metric

INPUTS = Metric(
    "ringwatch_inputs_total",
    "counter",
    "Inputs folded by the scorer.",
    "Flat while senders send: look at the log and at `ringwatch status`.",
)
