"""The form of a worklist: its columns, its choices, and by what it is known when it comes back."""

from __future__ import annotations

from bidui.explain.words import SEVERITIES, SIDES, VERDICTS
from bidui.workbook import AnswerForm, Column

# Only a person who grants exemptions may give one, with an expiry; towns answer with these three.
CHOICES = {words.split()[0]: verdict for verdict, words in VERDICTS.items() if verdict != "exempt"}
WRONG_SIDES = {words.split()[0]: side for side, words in SIDES.items()}
WAYS = ("入户查看", "电话询问", "查阅资料", "部门核对", "其他")

SEVERITY = {severity: words.split()[0] for severity, words in SEVERITIES.items()}

# Headers by which a returned form is read, wherever their columns have gone.
VERDICT, WRONG_SIDE, CHECKED_BY, CHECKED_HOW, CHECKED_ON, NOTE = "核实结果", "哪方有误", "核实人", "核实方式", "核实日期", "说明"
FINDING, VALUES, CYCLE, SEAL = "疑点编号", "取值摘要", "清单周期", "行校验"
PERSON, ID_NUMBER, TITLE = "姓名", "证件号码", "疑点"

FORM = AnswerForm(
    verdict=VERDICT,
    others=(WRONG_SIDE, CHECKED_BY, CHECKED_HOW, CHECKED_ON, NOTE),
    keys=(FINDING, VALUES, CYCLE),
    seal=SEAL,
    shown=(PERSON, ID_NUMBER, TITLE),
    optional=frozenset({ID_NUMBER}),
)

# The first columns stay in sight, as far as the person's name.
FROZEN = 4

# Printed on one A4 page across, so every character of width counts; what only a screen needs stands to the right.
COLUMNS = (
    Column("序号\nNo.", 5, holds="ordinal"),
    Column("户编号\nHousehold", 12),
    Column("户主\nHead", 8),
    Column(f"{PERSON}\nPerson", 8),
    Column(f"{ID_NUMBER}\nID number", 19),
    Column(f"{TITLE}\nFinding", 22),
    Column("级别\nGrade", 6),
    Column("名册记载\nThe registry says", 22),
    Column("部门记载\nDepartments say", 24),
    Column("核实与处理\nWhat to do", 24),
    Column(f"{VERDICT}\nVerdict", 9, editable=True, choices=tuple(CHOICES)),
    Column(f"{WRONG_SIDE}\nWrong", 9, editable=True, choices=tuple(WRONG_SIDES)),
    Column(f"{CHECKED_BY}\nBy", 8, editable=True),
    Column(f"{CHECKED_HOW}\nHow", 9, editable=True, choices=WAYS),
    Column(f"{CHECKED_ON}\nDate", 11, editable=True, holds="date"),
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
