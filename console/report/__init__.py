"""Pages that open from disk: a report for a head of fraud, a dossier for a ring."""

from console.report.data import (
    AblationStep,
    CapacityPoint,
    Dossier,
    Drop,
    Graph,
    Importance,
    Link,
    LookAlike,
    Money,
    Node,
    Payment,
    Quality,
    Report,
    RingFigures,
    Spelling,
    StageLatency,
    TypeFigures,
)
from console.report.pages import render_dossier, render_report

__all__ = [
    "AblationStep",
    "CapacityPoint",
    "Dossier",
    "Drop",
    "Graph",
    "Importance",
    "Link",
    "LookAlike",
    "Money",
    "Node",
    "Payment",
    "Quality",
    "Report",
    "RingFigures",
    "Spelling",
    "StageLatency",
    "TypeFigures",
    "render_dossier",
    "render_report",
]
