"""What is wrong with a file before a row of it is read: what it is, what is in it, how large it is."""

from __future__ import annotations

from bidui.problem import Problem


def damaged(file: str, kind: str) -> Problem:
    """A file that breaks off or cannot be read as what it is."""
    return Problem(
        code="file.damaged",
        what_zh="文件已损坏或不完整",
        what_en="the file is damaged or cut short",
        file=file,
        expected_zh=f"完整的 {kind} 文件",
        expected_en=f"a complete {kind} file",
        fix_zh="在电脑上打开确认无误后，重新导出并完整上传",
        fix_en="open it on your computer, export it again and upload all of it",
    )


def encrypted(file: str) -> Problem:
    """A file behind a password."""
    return Problem(
        code="file.encrypted",
        what_zh="文件有打开密码",
        what_en="the file is protected by a password",
        file=file,
        expected_zh="没有密码的文件",
        expected_en="a file without a password",
        fix_zh="用 Excel（文件→信息→保护工作簿→用密码进行加密）或 WPS（文件→文档加密→密码加密）打开，清空密码后保存，再重新交来；"
        "打开时并不问密码的，把内容复制到新工作簿另存",
        fix_en="open it in Excel (File, Info, Protect Workbook, Encrypt with Password) or WPS, empty the password, save it and deliver it"
        " again; where no password is asked for, copy the sheets into a new workbook",
    )


def empty(file: str) -> Problem:
    """A file in which nothing stands."""
    return Problem(
        code="file.empty",
        what_zh="文件是空的",
        what_en="the file is empty",
        file=file,
        expected_zh="含表头和数据行的文件",
        expected_en="a file with a header and rows",
        fix_zh="重新导出；上一次已接收的数据继续有效",
        fix_en="export it again; the data accepted last stay in force",
    )


def no_rows(file: str) -> Problem:
    """A header and nothing under it."""
    return Problem(
        code="file.no_rows",
        what_zh="只有表头，没有数据行",
        what_en="there is a header but no rows",
        file=file,
        expected_zh="至少一行数据；空文件会被当作全部取消",
        expected_en="at least one row; an empty list would read as everybody cancelled",
        fix_zh="重新导出；上一次已接收的数据继续有效",
        fix_en="export it again; the data accepted last stay in force",
    )


def foreign(file: str, found: str) -> Problem:
    """A file of a kind that we do not read; `found` names the kind."""
    return Problem(
        code="file.foreign",
        what_zh="不是可以读取的表格文件",
        what_en="this is not a table file that we read",
        file=file,
        expected_zh="xlsx、xls、csv 或 zip 文件",
        expected_en="an xlsx, xls, csv or zip file",
        found=found,
        fix_zh="用 Excel 或 WPS 打开，另存为 .xlsx 后重新放入",
        fix_en="open it in Excel or WPS, save it as .xlsx and deliver it again",
    )


def utf16(file: str) -> Problem:
    """Text in UTF-16, or no text at all."""
    return Problem(
        code="text.encoding",
        what_zh="文本编码不对",
        what_en="the text is in the wrong encoding",
        file=file,
        row=1,
        expected_zh="UTF-8 或 GB18030",
        expected_en="UTF-8 or GB18030",
        found="UTF-16 / NUL",
        fix_zh="另存为“CSV UTF-8”后重新放入",
        fix_en="save it as “CSV UTF-8” and deliver it again",
    )


def too_big(file: str, most_mb: int, most_ratio: int, found: str) -> Problem:
    """A file that is, or promises to be, more than may be once it is unpacked."""
    return Problem(
        code="zip.too_big",
        what_zh="解压后过大，打开它会耗尽内存或磁盘",
        what_en="it unpacks to more than memory or disk may hold",
        file=file,
        expected_zh=f"解压后不超过 {most_mb} MB，且不超过文件本身大小的 {most_ratio} 倍",
        expected_en=f"at most {most_mb} MB and {most_ratio} times the file's own size",
        found=found,
        fix_zh="用 Excel 或 WPS 打开确认，另存为新的 .xlsx；确实很大的拆成几个文件",
        fix_en="open it in Excel or WPS and save it as a new .xlsx; split what really is so large",
    )


def spread_too_far(file: str, found: str) -> Problem:
    """A sheet whose last cell is so far off that reading up to it takes more memory than there is."""
    return Problem(
        code="file.spread",
        what_zh="工作表的范围过大，多半是很远处有零星内容",
        what_en="a sheet reaches too far: something stands alone at its far end",
        file=file,
        found=found,
        fix_zh="按 Ctrl+End 找到最远的单元格，删除多余的行和列，保存后重新交来",
        fix_en="press Ctrl+End to find the last cell, delete the surplus rows and columns, save and deliver it again",
    )


def nested(file: str, member: str) -> Problem:
    """A zip in a zip."""
    return Problem(
        code="zip.nested",
        what_zh="压缩包里还有压缩包",
        what_en="there is an archive inside the zip",
        file=file,
        column=member,
        expected_zh="压缩包内直接是 xlsx、xls 或 csv 文件",
        expected_en="xlsx, xls or csv files directly inside the zip",
        fix_zh="解开内层压缩包后重新压缩一次",
        fix_en="unpack the inner archive and zip once",
    )


def outside(file: str, member: str) -> Problem:
    """A member whose path leads out of the folder that it would be unpacked into."""
    return Problem(
        code="zip.outside",
        what_zh="压缩包内的路径指向压缩包之外",
        what_en="a path in the zip leads outside it",
        file=file,
        column=member,
        expected_zh="压缩包内的相对路径",
        expected_en="a relative path inside the zip",
        fix_zh="只把数据文件本身重新压缩",
        fix_en="zip the data files themselves again",
    )


def link(file: str, member: str) -> Problem:
    """A member that is a link."""
    return Problem(
        code="zip.link",
        what_zh="压缩包内是链接，不是文件",
        what_en="the zip holds a link, not a file",
        file=file,
        column=member,
        fix_zh="压缩文件本身",
        fix_en="zip the file itself",
    )


def twice(file: str, member: str) -> Problem:
    """A name that two members bear."""
    return Problem(
        code="zip.twice",
        what_zh="压缩包内有两个同名文件",
        what_en="two files of one name are in the zip",
        file=file,
        column=member,
        fix_zh="只保留一个，重新压缩",
        fix_en="keep one of them and zip again",
    )
