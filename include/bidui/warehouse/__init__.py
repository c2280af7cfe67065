"""The PostgreSQL warehouse: connection, embedded server, migrations, roles, the dbt runner."""
