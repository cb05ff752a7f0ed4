"""What the public functions return: solving, training, checking and marking, each result a page in every format."""
