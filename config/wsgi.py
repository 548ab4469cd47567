"""What a web server such as gunicorn serves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Only the web server answers many short requests at once; a pool in a command or a worker would only hold connections.
os.environ.setdefault("WINNOW_DATABASE_POOL", "8")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
