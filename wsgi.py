"""The WSGI entry point: `granian --interface wsgi wsgi:app`."""

from crm import create_app

app = create_app()
