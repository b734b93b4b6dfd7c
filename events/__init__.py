"""What travels: typed messages (`types`, `topics`), the way in (`door`), the wire (`codec`), tokens, the error tree."""
