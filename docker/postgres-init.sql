-- Run once by PostgreSQL's start script, on an empty data directory: the owners and their databases.
\set ON_ERROR_STOP on
\set warehouse_password `cat /run/bidui/warehouse_owner`
\set airflow_password `cat /run/bidui/airflow_database`
set log_statement = 'none';
set log_min_error_statement = 'panic';
create role bidui login createrole password :'warehouse_password';
grant set on parameter log_statement, log_min_messages, temp_file_limit to bidui;
create role airflow login password :'airflow_password';
create database bidui owner bidui encoding 'UTF8' template template0;
create database airflow owner airflow encoding 'UTF8' template template0;
-- What PostgreSQL gives to everybody who connects.
\connect bidui
\i /opt/bidui/administrator.sql
\connect airflow
\i /opt/bidui/administrator.sql
\connect postgres
\i /opt/bidui/administrator.sql
