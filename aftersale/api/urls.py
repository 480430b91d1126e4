"""The addresses of the API: the document, the page about it, the operations, and nothing else."""

from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_GET

from aftersale.api.document import openapi
from aftersale.api.problems import not_found
from aftersale.api.reference import reference
from aftersale.api.service import LARGEST_BODY, LARGEST_FILE, api, framed

urlpatterns = [
    path("openapi.json", framed(require_GET(openapi)), name="api-document"),
    path("docs", framed(require_GET(reference)), name="api-reference"),
]
for pattern in api.urls[0]:
    assert isinstance(pattern, URLPattern), "ninja makes one address of each operation"
    if pattern.name != "api-root":
        takes_files = str(pattern.pattern).endswith("/files")
        pattern.callback = framed(pattern.callback, LARGEST_FILE if takes_files else LARGEST_BODY)
        urlpatterns.append(pattern)
urlpatterns.append(re_path("", framed(not_found)))
