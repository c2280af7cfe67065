"""Rows of each extract: one module per department, one function per extract, `Scene` in and `Table` out."""

from __future__ import annotations

from collections.abc import Callable

from bidui.sample.extract import civil_affairs, education, health_insurance, housing, registry
from bidui.sample.scene import Scene
from bidui.sample.table import Table

BUILDERS: dict[str, Callable[[Scene], Table]] = {
    "registry_person": registry.registry_person,
    "registry_household": registry.registry_household,
    "hi_subsidy_target": health_insurance.hi_subsidy_target,
    "hi_enrol_check": health_insurance.hi_enrol_check,
    "hi_premium_request": health_insurance.hi_premium_request,
    "hi_roll": health_insurance.hi_roll,
    "hi_settlement": health_insurance.hi_settlement,
    "hi_ncms_inpatient_old": health_insurance.hi_ncms_inpatient_old,
    "hi_chronic": health_insurance.hi_chronic,
    "dibao": civil_affairs.dibao,
    "dibao_member": civil_affairs.dibao_member,
    "tekun": civil_affairs.tekun,
    "disability": civil_affairs.disability,
    "death": civil_affairs.death,
    "marriage": civil_affairs.marriage,
    "school_roll": education.school_roll,
    "edu_compare": education.edu_compare,
    "yulu": education.yulu,
    "renovation": housing.renovation,
    "appraisal": housing.appraisal,
    "property": housing.property_rights,
}
