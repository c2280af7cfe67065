"""YAML with the line of every key, so that a mistake can be shown where it is; keys given twice are mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bidui.problem import Problem, ProblemError

KeyPath = tuple[str | int, ...]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class LocatedYaml:
    """Plain data of one YAML file (`data`) and the line (from 1) of every key path (`line`)."""

    def __init__(self, path: Path, *, dates_as_text: bool = False) -> None:
        """Read `path`. Raises ProblemError when it is missing, not YAML, or gives a key twice."""
        self.path = path
        self._dates_as_text = dates_as_text
        self._lines: dict[KeyPath, int] = {}
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ProblemError(
                Problem(
                    code="contract.unreadable",
                    what_zh="文件无法读取",
                    what_en="the file cannot be read",
                    file=path.name,
                    expected_zh="UTF-8 编码的 YAML 文件",
                    expected_en="a YAML file in UTF-8",
                    found=type(error).__name__,
                    fix_zh="检查文件是否存在、可读、以 UTF-8 保存",
                    fix_en="check that the file exists, is readable and saved as UTF-8",
                )
            ) from None
        try:
            loader = _Loader(text)
            node = loader.get_single_node()
            self.data: Any = self._plain(node, ()) if node is not None else None
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise ProblemError(
                Problem(
                    code="contract.not_yaml",
                    what_zh="不是有效的 YAML",
                    what_en="this is not valid YAML",
                    file=path.name,
                    row=mark.line + 1 if mark else None,
                    found=error.problem,
                    fix_zh="检查该行的缩进、引号、括号和冒号",
                    fix_en="check indentation, quotes, brackets and colons of this line",
                )
            ) from None

    def line(self, path: KeyPath) -> int | None:
        """Line of `path`, or of its nearest parent that is in the file."""
        while path not in self._lines and path:
            path = path[:-1]
        return self._lines.get(path)

    def _plain(self, node: yaml.Node, path: KeyPath) -> Any:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            mapping: dict[str, Any] = {}
            for key_node, value_node in node.value:
                key = str(key_node.value)
                line = key_node.start_mark.line + 1
                if key in mapping:
                    raise ProblemError(
                        Problem(
                            code="contract.key_twice",
                            what_zh="同一个键写了两次",
                            what_en="the same key is given twice",
                            file=self.path.name,
                            row=line,
                            column=dotted((*path, key)),
                            fix_zh="删除其中一个",
                            fix_en="remove one of the two",
                        )
                    )
                self._lines[(*path, key)] = line
                mapping[key] = self._plain(value_node, (*path, key))
            return mapping
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*path, position)) for position, item in enumerate(node.value)]
        if self._dates_as_text and node.tag == "tag:yaml.org,2002:timestamp":
            return node.value
        return yaml.SafeLoader("").construct_object(node, deep=True)


def dotted(path: KeyPath) -> str:
    """`("extracts", "dibao", "columns", 3)` → `extracts.dibao.columns[3]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
