"""The words: one short phrase for each rule, verdict and slip."""
