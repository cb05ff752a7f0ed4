"""Marking a class: worker processes, the journal, the folder of outputs, a cluster."""
