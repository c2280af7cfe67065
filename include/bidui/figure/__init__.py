"""Figures typed in from work reports: read, kept on record, audited by the checks that dbt computes."""
