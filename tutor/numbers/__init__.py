"""Steps and numbers to numbers: exact, with many digits, compiled floats; training; the proof; what is printed of a number."""
