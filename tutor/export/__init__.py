"""Marked work to files of learning platforms, one pure function a format."""
