"""Several models on the same data and split: which is best, and why the others lost.

`result`: the comparison, the content of its file. `split`: the data. `metrics`: scores and losses row by row.
`fitted`: one interface to networks, XGBoost, LightGBM, CatBoost and scikit-learn. `records`: what a library's
evaluation record says. `ranking`: ranks and reasons. `running`: training, measuring and writing. Loading this package
loads none of these libraries."""
