"""Airflow's processes on this machine, and the REST driver behind `bidui nightly`."""
