"""Writes the table of `TABLE=six-groups.csv npm run bench:starts`: 5,000 x 6, four groups, of which six components are asked; NumPy 2, seed 12."""
import sys

import numpy as np

random = np.random.default_rng(12)
centres = random.normal(scale=4, size=(4, 6))
scales = np.exp(random.normal(scale=0.4, size=(4, 6)))
groups = random.choice(4, size=5000, p=[0.4, 0.3, 0.2, 0.1])
rows = centres[groups] + scales[groups] * random.normal(size=(5000, 6))
np.savetxt(sys.argv[1], rows, delimiter=",", header="a,b,c,d,e,f", comments="", fmt="%.6f")
