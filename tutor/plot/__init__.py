"""Charts: what is drawn (`charts`), how it is computed (`curves`), and two readers: the terminal and matplotlib."""
