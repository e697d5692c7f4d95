"""How good the answers are, measured on labelled data against the best figures known."""
