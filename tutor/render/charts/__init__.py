"""Charts, drawn: in the terminal, as SVG, and by matplotlib."""
