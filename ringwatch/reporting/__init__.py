"""From what was decided and known to the data of a report: money, what the model looks at, ring dossiers."""
