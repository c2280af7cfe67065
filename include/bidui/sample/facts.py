"""What the registry holds of a town's people and what each department holds: arrays per person and per household."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bidui.sample.draw import Array

# Stages of education; -1 is "not a student".
PRESCHOOL, PRIMARY, JUNIOR, SENIOR, VOCATIONAL, COLLEGE, BACHELOR = range(7)
STAGES = ("学前", "小学", "初中", "普通高中", "中职", "高职高专", "本科")
ORDINARY, SKILLED, WEAK, LOST, NONE = range(5)
LABOUR = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
GENERAL_TYPE, DIBAO_TYPE, TEKUN_TYPE = range(3)
UNSTABLE, SUDDEN = range(2)
MONITOR = ("脱贫不稳定户", "突发严重困难户")
# Identities by rank; the names are those of the code list.
TEKUN_ID, DIBAO_ID, UNSTABLE_ID, SUDDEN_ID, EXITED_ID = range(5)
IDENTITIES = ("特困人员", "低保对象", "脱贫不稳定人口", "突发严重困难人口", "脱贫人口")
PERSONAL_SHARE = (0, 80, 200, 200, 300)  # yuan a year that the person pays, by identity
SUBSIDY = (400, 320, 200, 200, 100)
PREMIUM = 400
# What the county's own parameters add to the shipped table: yuan that the person pays, and that is paid for them.
COUNTY_AMOUNTS = {"返贫致贫人口": (200, 200), "脱贫不稳定人口": (200, 200), "突发严重困难人口": (200, 200)}
CERTIFICATE_NONE, CERTIFICATE_VALID, CERTIFICATE_EXPIRED = range(3)
TIERS = ("A", "B", "C")
GRADES = ("A", "B", "C", "D")
NEVER = np.datetime64("NaT", "D")  # the date of death of the living


@dataclass
class Facts:
    """Arrays per person (p), per household (h); `r_` is the registry's side, the rest is what departments hold."""

    # registry, per person
    r_male: Array
    r_birth: Array
    r_stage: Array
    r_grade: Array
    r_dropout: Array
    r_chronic: Array
    r_major: Array
    r_disabled: Array
    r_labour: Array
    r_works: Array
    r_resident: Array
    r_employee: Array
    r_serious: Array
    r_assist: Array
    r_dibao: Array
    r_urban: Array
    r_tekun: Array
    r_post: Array
    r_card_grade: Array  # grade on the disability number that stands for the identity number
    r_number_length: Array  # 18, or 20/22 where a disability number stands for the identity number
    # registry, per household
    h_type: Array
    h_monitor: Array  # -1: not monitored
    h_cleared: Array
    h_cause: Array  # text
    h_income: Array  # yuan per person
    h_wage: Array  # yuan per household
    h_business: Array
    h_transfer: Array
    h_unsafe: Array
    h_grade: Array
    h_area: Array
    h_renovated: Array
    h_declared: Array
    # health insurance, per person
    resident: Array
    employee: Array
    serious: Array
    roll_male: Array
    subsidised: Array
    identity: Array  # -1: none
    listed: Array  # on the target list
    certificate: Array
    signed: Array
    assisted: Array
    low_inpatient: Array
    low_chronic: Array
    not_one_stop: Array
    inpatient: Array  # number of stays in the year
    chronic_visits: Array
    late_claim: Array
    # civil affairs
    dibao: Array  # covered, per person
    dibao_household: Array  # per household
    dibao_urban: Array  # per household
    tier: Array  # per household
    wrong_amount: Array  # per household
    tekun: Array
    disabled: Array  # on the list
    disability_grade: Array  # 1 to 4
    disability_unpaid: Array
    died: Array
    # education
    stage: Array
    grade: Array
    on_roll: Array
    school_male: Array
    school_birth: Array
    aided: Array
    absence: Array
    yulu: Array
    claimed_poor: Array  # aid as a registered pupil without being one
    # housing, per household
    appraised: Array
    graded: Array
    area: Array
    renovation_year: Array  # 0: none
    renovation_type: Array  # household type that the project states
    dwelling: Array
    second_dwelling: Array
    # names that one extract writes differently: extract -> person -> name
    other_names: dict[str, dict[int, str]] = field(default_factory=dict)

    def copy(self) -> Facts:
        """Return a copy whose arrays can be changed."""
        values: dict[str, Any] = {}
        for name, value in vars(self).items():
            values[name] = value.copy() if isinstance(value, np.ndarray) else copy.deepcopy(value)
        return Facts(**values)
