"""Django, in one file. To run it:

    pip install django
    CONSENT_SECRET=change-me-to-something-long uvicorn --lifespan off examples.django_app:app

In a project of yours the last line stands in ``asgi.py``. GZipMiddleware would compress before the wrap sees the page:
leave compression to the server in front.
"""

# mypy: disable-error-code="import-untyped"
import secrets

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.urls import path

from consent import ConsentMiddleware
from examples.page import SETTINGS, render


async def home(request: ASGIRequest) -> HttpResponse:
    return HttpResponse(render(request.scope))


urlpatterns = [path("", home)]

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY=secrets.token_urlsafe())

app = ConsentMiddleware(get_asgi_application(), settings=SETTINGS)
