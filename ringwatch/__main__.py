"""`python -m ringwatch`: the same as `ringwatch`."""

from ringwatch.cli import main

main()
