"""Fraud of six kinds, one a file; each draws on the population but changes nothing in it."""
