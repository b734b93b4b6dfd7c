"""The running pipelines: log backends (`log`), the scorer (`score`), sinks (`consume`), back-fill and training."""
