"""Residual linkage (tier 2) as people handle it: versions of its model, and reviewers' verdicts.

The linking itself is SQL: `dbt_project/models/identity`, with weights in `reference.link_weight`.
"""
