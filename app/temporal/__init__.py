"""The engines of this project on a Temporal cluster, for teams that run one; the rows stay the truth.

Nothing here decides what happens to a lead or a run: activities call the same worker and the same `advance` as
`gtm worker` and `gtm run` do, under the same claims and leases. Temporal tells when, where, and again after a crash. So
work in flight can change from one engine to the other at any moment, and even be shared.
"""
