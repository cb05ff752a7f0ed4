"""What is asked, resolved once, and all that is worked out for it: derivations, numbers, updates, proofs, verdicts."""
