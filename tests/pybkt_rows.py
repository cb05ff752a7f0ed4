"""What pyBKT says of made answers, written down: run with pyBKT 1.4, numpy < 2 and scikit-learn < 1.6 it prints the table anew.

    python tests/pybkt_rows.py

Each row: the four parameters (prior, learn, slip, guess), the answers, and how probable a right answer is before each of them.
"""

import random

PARAMETERS = [(0.4, 0.1, 0.1, 0.2), (0.1, 0.3, 0.05, 0.25), (0.7, 0.02, 0.2, 0.1), (0.5, 0.5, 0.3, 0.3)]
ROWS = [
    ((0.4, 0.1, 0.1, 0.2), [1, 0, 1, 0, 0, 0, 1, 0],
     [0.48, 0.7425, 0.459612, 0.727529, 0.444248, 0.309554, 0.28428, 0.51014]),
    ((0.4, 0.1, 0.1, 0.2), [0, 0, 0, 1, 1, 0, 0, 0],
     [0.48, 0.318462, 0.285643, 0.28079, 0.503056, 0.757968, 0.477482, 0.317794]),
    ((0.1, 0.3, 0.05, 0.25), [1, 0, 0, 0, 0, 1, 0, 0],
     [0.32, 0.605469, 0.491535, 0.476626, 0.475155, 0.475015, 0.775011, 0.541672]),
    ((0.1, 0.3, 0.05, 0.25), [0, 0, 1, 1, 0, 0, 1, 0],
     [0.32, 0.463603, 0.473938, 0.774215, 0.910266, 0.717533, 0.517931, 0.804011]),
    ((0.7, 0.02, 0.2, 0.1), [0, 0, 1, 0, 0, 0, 0, 1],
     [0.59, 0.348244, 0.188653, 0.482423, 0.258819, 0.155999, 0.127004, 0.120063]),
    ((0.7, 0.02, 0.2, 0.1), [1, 1, 1, 1, 1, 1, 0, 0],
     [0.59, 0.765119, 0.795532, 0.79945, 0.799933, 0.799992, 0.799999, 0.799996]),
    ((0.5, 0.5, 0.3, 0.3), [0, 0, 1, 1, 1, 1, 1, 0],
     [0.5, 0.56, 0.588636, 0.671622, 0.693662, 0.698629, 0.699706, 0.699937]),
    ((0.5, 0.5, 0.3, 0.3), [0, 1, 0, 1, 0, 1, 1, 0],
     [0.5, 0.56, 0.6625, 0.661111, 0.691176, 0.69, 0.697826, 0.699533]),
]  # fmt: skip


def predict(parameters, answers):
    """By pyBKT: how probable a right answer is before each of the answers."""
    import numpy as np
    from pyBKT.fit import predict_onestep

    prior, learn, slip, guess = parameters
    model = {
        "prior": prior, "learns": np.array([learn]), "forgets": np.array([0.0]), "guesses": np.array([guess]), "slips": np.array([slip]),
        "As": np.array([[[1 - learn, 0.0], [learn, 1.0]]]), "pi_0": np.array([[1 - prior], [prior]]),
        "emissions": np.array([[[1 - guess, guess], [slip, 1 - slip]]]),
    }  # fmt: skip
    data = {
        "data": np.array([[answer + 1 for answer in answers]], dtype=np.int32), "resources": np.ones(len(answers), dtype=np.int64),
        "starts": np.array([1]), "lengths": np.array([len(answers)]),
    }  # fmt: skip
    chances, _ = predict_onestep.run(model, data, parallel=False)
    return [round(float(chance), 6) for chance in chances]


if __name__ == "__main__":
    drawn = random.Random(7)
    for parameters in PARAMETERS:
        for _ in range(2):
            answers = [drawn.randint(0, 1) for _ in range(8)]
            print(f"    ({parameters}, {answers},\n     {predict(parameters, answers)}),")
