"""What comparisons, levels and gates of a link are called, Chinese first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

COMPARISONS = {
    "prior": ("先验", "prior"),
    "name": ("姓名", "name"),
    "id": ("证件号码", "ID number"),
    "birth_date": ("出生日期", "birth date"),
    "sex": ("性别", "sex"),
    "place": ("地址", "place"),
    "village": ("村", "village"),
    "household": ("户编号", "household number"),
    "relative": ("户主或监护人", "head or guardian"),
    "hamlet": ("村民小组", "hamlet"),
    "registered": ("自称在册", "says registered"),
}

LEVELS = {
    "same": ("一致", "same"),
    "agree": ("一致", "agrees"),
    "variant": ("缺字或异形", "variant"),
    "one_character": ("差一字", "one character apart"),
    "missing": ("缺失", "missing"),
    "contradict": ("矛盾", "contradicts"),
    "one_digit": ("差一位", "one digit apart"),
    "transposition": ("相邻两位颠倒", "two digits exchanged"),
    "same_unchecked": ("相同但校验不通过", "same, not valid"),
    "old_15": ("15位旧号相符", "15-digit form agrees"),
    "leading_15": ("前15位相同", "first 15 digits agree"),
    "last_4": ("后四位相同", "last four agree"),
    "household_member": ("为同户他人号码", "another member's number"),
    "different_valid": ("两个有效号码不同", "two valid numbers differ"),
    "near": ("相近", "near"),
    "year": ("年龄相符", "age agrees"),
    "same_village": ("同村", "same village"),
    "same_town": ("同乡镇", "same town"),
    "member": ("为本户成员", "member of the household"),
    "is_head": ("双方均为户主", "head on both sides"),
    "not_head": ("名册中非户主", "not the head in the registry"),
    "none": ("非本户成员", "nobody of the household"),
    "in_address": ("地址中有该组", "named in the address"),
    "stated": ("是", "stated"),
    "different": ("不一致", "different"),
    "unknown": ("无从比较", "unknown"),
}

ROLES = {
    "self": ("本人", "self"),
    "head": ("户主", "head"),
    "male": ("男方", "husband"),
    "female": ("女方", "wife"),
    "guardian": ("监护人", "guardian"),
}

GATES = {
    "weight_below_link": ("权重不足", "weight below the limit"),
    "runner_up_close": ("另有相近人选", "a runner-up is close"),
    "other_number_claims_person": ("另有号码指向此人", "another number claims the person"),
    "two_valid_numbers": ("双方有效号码不同", "two valid numbers differ"),
    "birth_date_unknown_or_different": ("出生日期不明或不符", "birth date unknown or different"),
    "sex_different": ("性别不符", "sex differs"),
    "like_a_twin": ("疑似双胞胎", "like a twin"),
    "number_means_another_too": ("同样的15位号码也是另一同名者的", "the 15 digits are also somebody else's of that name"),
    "number_of_strangers": ("该号码名单上还用于多名他人", "lists give the number to several strangers too"),
    "name_of_member_unsure": ("户内姓名不确", "which member is unsure"),
    "number_uncorroborated": ("旧号无旁证", "old number without support"),
    "rows_contradict_each_other": ("各行自相矛盾", "rows contradict each other"),
    "number_of_several_people": ("一号多人", "one number, several people"),
    "unregistered_namesake_fits": ("另有不在册的同村同名者相符", "an unregistered villager of that name fits as well"),
    "linked_by_number_in_list": ("此人在该表中已有行", "linked by number in this list already"),
    "old_15_digit_number": ("15位旧号", "15-digit number"),
    "name_missing": ("无姓名", "name missing"),
    "name_different": ("姓名不同", "name differs"),
    "name_is_other_member": ("姓名为户内他人", "name of another member"),
    "name_is_other_villager": ("姓名为同村他人", "name of another villager"),
    "name_has_own_number": ("此姓名另有自己的号码", "the name has a number of its own elsewhere"),
    "person_known_by_other_number": ("名单中此人用另一号码，名册号码或有误", "lists know the person by another number"),
    "number_has_own_name_in_extract": ("该号另有本名行", "number has its own name elsewhere"),
    "sex_contradicts_id": ("性别与号码矛盾", "sex contradicts the number"),
    "registry_sex_contradicts_id": ("名册性别与号码矛盾", "the registry's sex contradicts its number"),
    "birth_contradicts_id": ("出生日期与号码矛盾", "birth date contradicts the number"),
    "adult_number_on_student_row": ("学生行用成人号码", "adult's number on a pupil's row"),
    "number_shared_by_registry_names": ("名册中一号多名", "several registry names under the number"),
    "several_match": ("多人相符", "several match"),
    "same_person_in_several_rows": ("一人多行", "one person in several rows"),
}


def both(words: Mapping[str, tuple[str, str]], name: str) -> str:
    """The name in both languages; itself where there are no words for it."""
    zh, en = words.get(name, (name, name))
    return zh if zh == en else f"{zh} {en}"


def role_words(role: str) -> str:
    """In which role a row names somebody, in both languages."""
    return both(ROLES, role)


def comparison_words(comparison: Mapping[str, Any]) -> str:
    """What was compared and how it came out, in Chinese; what could not be compared is left out."""
    return "；".join(
        f"{COMPARISONS[name][0]}{LEVELS.get(level, (level,))[0]}"
        for name, level in comparison.items()
        if name in COMPARISONS and level != "unknown"
    )


def gate_words(gates: Mapping[str, Any]) -> str:
    """What speaks against the link, in both languages."""
    return "；".join(both(GATES, gate) for gate in gates)
