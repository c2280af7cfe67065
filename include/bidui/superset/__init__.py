"""Apache Superset over what is published: dashboards from files, in an environment of its own."""
