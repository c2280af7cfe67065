"""Run by Superset's own Python: make its administrator, and import an archive of dashboards over whatever is there.

`superset import-dashboards` leaves charts and datasets that exist as they were; importing as assets brings all of them to
the archive. The password comes through the environment: arguments are visible to everybody on the machine.
"""

import os
import sys
from zipfile import ZipFile

from superset.app import create_app

app = create_app()
with app.app_context():
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.commands.importers.v1.utils import get_contents_from_bundle
    from superset.utils.core import override_user

    security = app.appbuilder.sm
    name, password = os.environ["SUPERSET_ADMIN"], os.environ["SUPERSET_ADMIN_PASSWORD"]
    user = security.find_user(username=name)
    if user is None:
        user = security.add_user(name, "Bidui", "Admin", "admin@localhost", security.find_role("Admin"), password=password)
    else:
        security.reset_password(user.id, password)
    with override_user(user), ZipFile(sys.argv[1]) as archive:
        ImportAssetsCommand(get_contents_from_bundle(archive)).run()
