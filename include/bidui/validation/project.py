"""The Great Expectations project of a home: `<home>/gx`, a file context that anyone who knows GX can open.

It reads suites where they live (the repository), keeps validation results (counts only) and builds Data Docs into
`<home>/docs`. The connection is `${BIDUI_GX_URL}`: no password is ever written.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bidui.home import expectations_dir, folder
from bidui.validation.gx_session import DATASOURCE, URL_VARIABLE, quiet_import, set_url

if TYPE_CHECKING:
    from great_expectations.data_context import FileDataContext

SITE = "nightly"
VIEW = "{module_name: bidui.validation.page_view, class_name: SelfContainedPageView}"
THEME = Path(__file__).resolve().parent / "theme"

# The id only marks pages; a fixed one keeps a page's bytes the same when nothing changed.
CONFIGURATION = """\
# Written by bidui; changes are overwritten. Open with great_expectations.get_context(context_root_dir=…).
config_version: 4.0
data_context_id: 6c0c0f4e-3a52-4b2e-9b1c-b1d010000001
analytics_enabled: false
plugins_directory: {plugins}
config_variables_file_path:
stores:
  expectations_store:
    class_name: ExpectationsStore
    store_backend: {{class_name: TupleFilesystemStoreBackend, base_directory: {suites}, suppress_store_backend_id: true}}
  validation_results_store:
    class_name: ValidationResultsStore
    store_backend: {{class_name: TupleFilesystemStoreBackend, base_directory: {results}, suppress_store_backend_id: true}}
  checkpoint_store:
    class_name: CheckpointStore
    store_backend: {{class_name: TupleFilesystemStoreBackend, base_directory: {gx}/checkpoints, suppress_store_backend_id: true}}
  validation_definition_store:
    class_name: ValidationDefinitionStore
    store_backend: {{class_name: TupleFilesystemStoreBackend, base_directory: {gx}/validation_definitions, suppress_store_backend_id: true}}
expectations_store_name: expectations_store
validation_results_store_name: validation_results_store
checkpoint_store_name: checkpoint_store
fluent_datasources:
  {datasource}:
    type: postgres
    connection_string: ${{{url}}}
    create_temp_table: false
data_docs_sites:
  {site}:
    class_name: SiteBuilder
    show_how_to_buttons: false
    store_backend: {{class_name: TupleFilesystemStoreBackend, base_directory: {docs}, suppress_store_backend_id: true}}
    site_section_builders:
      profiling: None
      expectations: {{view: {view}}}
      validations: {{view: {view}}}
progress_bars: {{globally: false, metric_calculations: false}}
"""


def gx_dir() -> Path:
    """The project's folder."""
    return folder("gx")


def docs_dir() -> Path:
    """Where Data Docs are; readable by whoever may enter the home."""
    return folder("docs", mode=0o755)


def results_dir() -> Path:
    """Where validation results are kept."""
    return folder("gx", "validations")


def project() -> FileDataContext:
    """The file context of this home, its configuration written when missing or changed."""
    return _open(gx_dir(), docs_dir(), expectations_dir())


@lru_cache(maxsize=2)
def _open(root: Path, docs: Path, suites: Path) -> Any:
    gx = quiet_import()
    set_url()
    path = root / "great_expectations.yml"
    text = CONFIGURATION.format(
        gx=root, docs=docs, suites=suites, results=results_dir(), plugins=THEME, datasource=DATASOURCE,
        url=URL_VARIABLE, site=SITE, view=VIEW,
    )
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        beside = path.with_suffix(f".{id(text)}.part")
        beside.write_text(text, encoding="utf-8")
        beside.rename(path)
    return gx.get_context(mode="file", context_root_dir=root)
