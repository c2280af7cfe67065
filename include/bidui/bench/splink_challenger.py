"""Run by `bidui bench linkage` in Splink's own environment: link claim.csv with person.csv, write best.csv.

A model as its documentation makes one: term frequencies on name, birth date and village, u from random pairs, m by
expectation maximisation. The last line printed is JSON: seconds, peak_mb, pairs, and the weight from which it links.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

COLUMNS = {"unique_id": "VARCHAR", "name": "VARCHAR", "id_no": "VARCHAR", "birth_date": "VARCHAR", "sex": "VARCHAR",
           "village": "VARCHAR", "household": "VARCHAR", "number_15": "VARCHAR"}  # fmt: skip
# The keys of tier 2 (macro link_blocks), or it would find fewer pairs in less time.
BLOCKS = (
    ("name", "birth_date"), ("name", "village"), ("birth_date", "village"), ("name", "household"),
    ("name", "right(id_no, 4)"), ("right(id_no, 8)",), ("number_15",),
)  # fmt: skip
LINK_AT = 12.0  # bits, as tier 2


def settings() -> SettingsCreator:
    """The model: the comparisons that both models have in common."""
    return SettingsCreator(
        link_type="link_only",
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in BLOCKS],
        comparisons=[
            cl.CustomComparison(
                output_column_name="name",
                comparison_levels=[
                    cll.NullLevel("name"),
                    cll.ExactMatchLevel("name", term_frequency_adjustments=True),
                    cll.LevenshteinLevel("name", 1),
                    cll.ElseLevel(),
                ],
            ),
            cl.CustomComparison(
                output_column_name="id_no",
                comparison_levels=[
                    cll.NullLevel("id_no"),
                    cll.ExactMatchLevel("id_no"),
                    cll.CustomLevel("number_15_l = number_15_r", "15 digits"),
                    cll.DamerauLevenshteinLevel("id_no", 1),
                    cll.CustomLevel("right(id_no_l, 4) = right(id_no_r, 4)", "last four"),
                    cll.ElseLevel(),
                ],
            ),
            cl.CustomComparison(
                output_column_name="birth_date",
                comparison_levels=[
                    cll.NullLevel("birth_date"),
                    cll.ExactMatchLevel("birth_date", term_frequency_adjustments=True),
                    cll.LevenshteinLevel("birth_date", 1),
                    cll.ElseLevel(),
                ],
            ),
            cl.ExactMatch("sex"),
            cl.ExactMatch("village").configure(term_frequency_adjustments=True),
            cl.ExactMatch("household"),
        ],
    )


def main(work: Path) -> None:
    """Link, write the best person of each claim, print the figures."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    started = time.perf_counter()
    connection = duckdb.connect()
    tables = {
        name: connection.read_csv(str(work / f"{name}.csv"), header=True, dtype=COLUMNS) for name in ("claim", "person")
    }
    for name, table in tables.items():
        table.create(f"{name}_input")
    api = DuckDBAPI(connection=connection)
    linker = Linker(
        [api.register(f"{name}_input", dataset_display_name=name) for name in tables], settings(), log_level=logging.ERROR
    )
    linker.training.estimate_probability_two_random_records_match([block_on("name", "birth_date", "village")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for columns in (("name", "birth_date"), ("birth_date", "village"), ("name", "village")):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    trained = time.perf_counter()
    predicted = linker.inference.predict(threshold_match_weight=2)
    found = predicted.physical_name  # Splink's own name for its table
    best = connection.sql(
        "select unique_id_l as claim_key, unique_id_r as person_key, match_weight"  # noqa: S608
        f" from {found} qualify row_number() over"
        " (partition by unique_id_l order by match_weight desc, unique_id_r) = 1"
    )
    best.write_csv(str(work / "best.csv"), header=True)
    [(pairs,)] = connection.sql(f"select count(*) from {found}").fetchall()  # noqa: S608
    ended = time.perf_counter()
    print(  # noqa: T201 - the answer to the process that started this one
        json.dumps(
            {
                "seconds": round(ended - started, 1),
                "training_seconds": round(trained - started, 1),
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "pairs": pairs,
                "link_at": LINK_AT,
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
