"""Why a pull did not go well, in words: what was tried, what to do. Never a secret, never a value of a row.

The libraries' own messages stay out: some quote the address with its password, some the row they stumbled over.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bidui.problem import Problem, ProblemError

_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class PullError(ProblemError):
    """A pull failed; `final` where trying again is useless, or locks an account as a wrong password tried thrice does."""


# code: (what, in Chinese and English; what to do, in Chinese and English; whether trying again is useless)
_REFUSALS: dict[str, tuple[str, str, str, str, bool]] = {
    "no_connection": (
        "Airflow 中没有这个连接",
        "Airflow has no such connection",
        "用 bidui airflow connections add 建立它，或改正约定里 origin 的 connection，见 docs/connect_a_department.md",
        "make it with bidui airflow connections add, or correct connection in the contract's origin, see docs/connect_a_department.md",
        True,
    ),
    "wrong_kind": (
        "连接的类型不对",
        "the connection is of another kind",
        "改连接的 conn_type，或改约定里的 origin",
        "change its conn_type, or the origin in the contract",
        True,
    ),
    "no_driver_named": (
        "连接没有说明是哪种数据库",
        "the connection does not say which kind of database it is",
        "在连接的 extra 中写 driver，如 {\"driver\": \"mysql+pymysql\"}：Airflow 会把它不认识的 conn_type（如 mysql）存成 generic",
        'put the driver into the connection\'s extra, such as {"driver": "mysql+pymysql"}:'
        " Airflow keeps a conn_type that it does not know, such as mysql, as generic",
        True,
    ),
    "wrong_password": (
        "对方不接受用户名或口令（密钥、令牌）",
        "the server does not accept the login or the password (key, token)",
        "向对方核对账号，再更新 Airflow 连接；多次错误可能锁定账号，因此不自动重试",
        "check the account with the department, then update the Airflow connection; it is not tried again, accounts lock",
        True,
    ),
    "no_key_file": (
        "连接 extra 中 key_file 指的私钥文件不存在",
        "the private key that key_file of the connection's extra names is not there",
        "改正路径，并让平台的用户可读",
        "correct the path, and let the platform's user read it",
        True,
    ),
    "no_right": (
        "账号没有读取权限",
        "the account may not read this",
        "请对方授予该表（文件夹、接口）的只读权限",
        "ask the department for the right to read it",
        True,
    ),
    "no_write": (
        "账号没有写入权限",
        "the account may not write here",
        "请对方授予回执文件夹的写入权限",
        "ask the department for the right to write to the folder for receipts",
        True,
    ),
    "no_host_key": (
        "连接没有固定主机密钥",
        "the connection pins no host key",
        "向对方要主机公钥，写入连接 extra 的 host_key，并去掉 no_host_key_check、allow_host_key_change",
        "ask for the server's public key, put it into host_key of the connection's extra,"
        " and remove no_host_key_check and allow_host_key_change",
        True,
    ),
    "host_key_changed": (
        "服务器的主机密钥与固定的不同：可能换了服务器，也可能有人冒充",
        "the server's host key is not the pinned one: a new server, or somebody in between",
        "先打电话向对方核实新密钥，确认后才更新连接的 host_key",
        "confirm the new key with the department by telephone before changing host_key of the connection",
        True,
    ),
    "certificate": (
        "服务器的证书不可信",
        "the server's certificate cannot be trusted",
        "请对方更换证书；对方自建的 CA 用连接 extra 的 verify 指明其证书文件",
        "ask the department to renew it; name the file of a CA of their own in verify of the connection's extra",
        True,
    ),
    "certificate_expired": (
        "服务器的证书已过期",
        "the server's certificate has expired",
        "请对方更换证书；在此之前可把文件放入投递文件夹",
        "ask the department to renew it; until then a file in the drop folder will do",
        True,
    ),
    "certificate_unchecked": (
        "连接关闭了证书检查",
        "the connection switches off the check of the certificate",
        "去掉 verify: false；对方自建的 CA 用 verify 指明其证书文件",
        "remove verify: false; name the file of a CA of their own in verify",
        True,
    ),
    "no_such_place": (
        "对方没有这个表、文件夹或接口",
        "there is no such table, folder or address on the server",
        "核对约定中 origin 的名称；SFTP 的路径不以 / 开头时，从账号的主文件夹算起",
        "check the name in the contract's origin; an SFTP path without a leading / begins in the login's own folder",
        True,
    ),
    "no_such_column": (
        "对方没有这一列",
        "there is no such column on the server",
        "核对约定中 origin.columns（水位列）的名称",
        "check the names in the contract's origin.columns (and the watermark)",
        True,
    ),
    "bad_query": (
        "对方不接受这条查询",
        "the server does not accept the query",
        "在对方的库上试运行 origin.query 后改正",
        "try origin.query on the department's database and mend it",
        True,
    ),
    "no_driver": (
        "没有安装这种数据库的驱动",
        "the driver of this kind of database is not installed",
        "在 .venv 中安装它，见 docs/connect_a_department.md",
        "install it into .venv, see docs/connect_a_department.md",
        True,
    ),
    "refused": (
        "服务器拒绝了请求",
        "the server refused the request",
        "把上述代码告诉对方",
        "tell the department this code",
        True,
    ),
    "bad_page": (
        "返回的内容不是约定的样子",
        "the answer is not what the contract says",
        "核对约定中 origin 的 format、records、paging",
        "check format, records and paging of the contract's origin",
        True,
    ),
    "foreign_link": (
        "下一页指向另一台服务器，令牌不会交给它",
        "the next page lies on another server, which will not be given the token",
        "请对方把下一页的地址改回同一台服务器",
        "ask the department for links to the same server",
        True,
    ),
    "name_encoding": (
        "文件名不是 UTF-8",
        "a file's name is not UTF-8",
        "请对方在服务器上把文件名改为 UTF-8（或只用字母数字）",
        "ask the department to name files in UTF-8 (or letters and digits) on their server",
        True,
    ),
    "too_slow": (
        "服务器没有在限时内应答",
        "the server did not answer in time",
        "等待自动重试；常常如此则放宽 origin.timeout_seconds 或请对方建索引",
        "wait, it is tried again; when it happens often, raise origin.timeout_seconds or ask for an index",
        False,
    ),
    "unreachable": (
        "连接不上服务器，或连接中断",
        "the server cannot be reached, or the connection was cut",
        "等待自动重试，文件接着断点下载；一直如此则检查地址、端口和防火墙",
        "wait, it is tried again and files go on from where they were cut; check address, port and firewall if it stays",
        False,
    ),
    "half": (
        "收到的不完整，没有入库",
        "what came is not complete; nothing of it lands",
        "等待自动重试；一直如此则请对方检查",
        "wait, it is tried again; if it stays, ask the department",
        False,
    ),
    "changing": (
        "文件还在写入",
        "a file is still being written",
        "等到下一夜再取；或请对方写完后放 <文件名>.done，并把 complete 改为 done_marker",
        "wait for the next night; or let them put <name>.done beside finished files and set complete: done_marker",
        False,
    ),
}


def refusal(code: str, connection: str, place: str | None = None, *, detail: str | None = None) -> PullError:
    """The error with this code, about a connection (its id) and a place on the server (path, table, address's path).

    `detail` is a code or a name from configuration, never a value.
    """
    zh, en, fix_zh, fix_en, final = _REFUSALS[code]
    return PullError(
        Problem(
            code=f"pull.{code}",
            what_zh=zh,
            what_en=en,
            connection=f"{connection}:{place}" if place else connection,
            found=detail,
            fix_zh=fix_zh,
            fix_en=fix_en,
        ),
        final=final,
    )


def connection_of(connection_id: str) -> Any:
    """The Airflow connection; PullError when there is none."""
    from airflow.sdk.bases.hook import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException:
        raise refusal("no_connection", connection_id) from None


@contextmanager
def disk_in_words(connection: str) -> Iterator[None]:
    """A full disk is our fault, not the server's: say so."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK:
            raise
        raise PullError(
            Problem(
                code="pull.disk",
                what_zh="拉取的文件写不进磁盘",
                what_en="what was pulled cannot be written",
                connection=connection,
                found=error.strerror,
                fix_zh="检查 BIDUI_HOME 所在磁盘的空间和权限",
                fix_en="check space and permissions where BIDUI_HOME lies",
            ),
            final=False,
        ) from None
