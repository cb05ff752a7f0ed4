"""Tables, one frozen row a thing: functions, operations on arrays, optimisers, and formulas that are recognised as one of them."""
