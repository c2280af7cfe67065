"""The form that goes out and comes back: its columns, its choices, and the seal that tells whether keys were edited."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from bidui.explain.words import SEVERITIES, SIDES, VERDICTS
from bidui.workbook import Column

# Only a person who grants exemptions may give one, with an expiry; towns answer with these three.
CHOICES = {words.split()[0]: verdict for verdict, words in VERDICTS.items() if verdict != "exempt"}
WRONG_SIDES = {words.split()[0]: side for side, words in SIDES.items()}
WAYS = ("入户查看", "电话询问", "查阅资料", "部门核对", "其他")

SEVERITY = {severity: words.split()[0] for severity, words in SEVERITIES.items()}

# Headers by which a returned form is read, wherever their columns have gone.
VERDICT, WRONG_SIDE, CHECKED_BY, CHECKED_HOW, CHECKED_ON, NOTE = "核实结果", "哪方有误", "核实人", "核实方式", "核实日期", "说明"
FINDING, VALUES, CYCLE, SEAL = "疑点编号", "取值摘要", "清单周期", "行校验"
PERSON, TITLE = "姓名", "疑点"

ANSWERS = (VERDICT, WRONG_SIDE, CHECKED_BY, CHECKED_HOW, CHECKED_ON, NOTE)
KEYS = (FINDING, VALUES, CYCLE, SEAL)

# Printed on one A4 page across, so every character of width counts; what only a screen needs stands to the right.
COLUMNS = (
    Column("序号\nNo.", 5),
    Column("户编号\nHousehold", 12),
    Column("户主\nHead", 8),
    Column(f"{PERSON}\nPerson", 8),
    Column("证件号码\nID number", 19),
    Column(f"{TITLE}\nFinding", 22),
    Column("级别\nGrade", 6),
    Column("名册记载\nThe registry says", 22),
    Column("部门记载\nDepartments say", 24),
    Column("核实与处理\nWhat to do", 24),
    Column(f"{VERDICT}\nVerdict", 9, editable=True, choices=tuple(CHOICES)),
    Column(f"{WRONG_SIDE}\nWrong", 9, editable=True, choices=tuple(WRONG_SIDES)),
    Column(f"{CHECKED_BY}\nBy", 8, editable=True),
    Column(f"{CHECKED_HOW}\nHow", 9, editable=True, choices=WAYS),
    Column(f"{CHECKED_ON}\nDate", 11, editable=True),
    Column(f"{NOTE}\nNote", 16, editable=True),
    Column("依据位置\nWhere it stands", 44, printed=False),
    Column("首次发现\nFirst seen", 11, printed=False),
    Column("English", 60, printed=False),
    Column(FINDING, 12, hidden=True),
    Column(VALUES, 12, hidden=True),
    Column(CYCLE, 12, hidden=True),
    Column(SEAL, 12, hidden=True),
)

HOW_TO = (
    "请填写绿色单元格：“核实结果”从下拉列表选择；“属实”须填核实人、核实方式、核实日期（实地核查记录）；“不属实”须选“哪方有误”或写说明；"
    "其余列请勿改动。“└”为随上一条而来的疑点，先核实上一条。每条都是待核实的线索，不是结论。",
    "Fill in the green cells: choose a verdict; 属实 (confirmed) needs who, how and when; 不属实 (not so) needs the wrong side or a note. "
    "Leave the other columns as they are. └ follows from the line above: check that one first. Every line is a lead, not a decision.",
)

_BLANKS = re.compile(r"[\s\u200b\ufeff*“”\"']+")
_ENDINGS = re.compile(r"[.。!,;、]+$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def seal(finding_id: str, value_hash: str, cycle: str) -> str:
    """What shows that the keys of a row still belong together. It guards against slips, not against forgers: whoever may
    write to the return folder may answer any finding. The letter in front keeps spreadsheets from taking it for a number."""
    return "s" + hashlib.sha256(f"{finding_id}|{value_hash}|{cycle}".encode()).hexdigest()[:12]


def chinese_part(text: str) -> str:
    """How a header or a choice begins: its Chinese, without blanks and marks; English, units and dots after it are left."""
    found = _CHINESE.match(_BLANKS.sub("", unicodedata.normalize("NFKC", text)))
    return found.group() if found else ""


def choice(text: str, words: dict[str, str]) -> str:
    """The key of a choice as somebody typed it; a text that is none of them stays as it is, to be refused by name.

    Only the choice's own English may stand after it, and marks that end a sentence. A doubt (属实？), two choices
    (属实/不属实) or a remark in the same cell is no choice: read as one, it would say what nobody has said.
    """
    word = chinese_part(text)
    key = words.get(word)
    rest = _ENDINGS.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", text))).removeprefix(word)
    return key if key and rest.lower() in ("", key.replace("_", "")) else text.strip()
