"""Practising: a session in which the learner takes the steps; pure, without a clock, a file or a screen."""
