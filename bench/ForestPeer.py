"""scikit-learn's IsolationForest on rows and seeds that ForestPeer.cs names; one line a seed: AUC, seconds to fit, seconds to score."""

import sys
import time

import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

file, columns, trees, samples, seeds = sys.argv[1], *map(int, sys.argv[2:])
table = np.fromfile(file, dtype="<f8").reshape(-1, columns)
rows, labels = np.ascontiguousarray(table[:, :-1]), table[:, -1]

# This kind of forest takes no missing values before scikit-learn 1.6: the column's median is the usual stand-in.
missing = np.isnan(rows)
if missing.any():
    medians = np.zeros(rows.shape[1])
    for column in range(rows.shape[1]):
        present = rows[~missing[:, column], column]
        if len(present):
            medians[column] = np.median(present)
    rows[missing] = np.broadcast_to(medians, rows.shape)[missing]


def forest(seed):
    return IsolationForest(n_estimators=trees, max_samples=min(samples, len(rows)), random_state=seed)


forest(0).fit(rows).score_samples(rows)
for seed in range(seeds):
    start = time.perf_counter()
    fitted = forest(seed).fit(rows)
    middle = time.perf_counter()
    scores = fitted.score_samples(rows)
    end = time.perf_counter()
    print(f"{roc_auc_score(labels, -scores)!r} {middle - start!r} {end - middle!r}", flush=True)
