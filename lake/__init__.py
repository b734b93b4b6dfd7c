"""Parquet tables of what came and what was decided (`tables`, `files`); foreign files by map (`history`, `report`)."""
