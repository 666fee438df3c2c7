"""/docs: the API's description to read and try in a browser, by Swagger UI.

The page, its script and its style come from this service: the page works without internet, and no other host learns who
reads it. Swagger UI's files are those that the package fastapi-offline carries.
"""

from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

router = APIRouter(prefix="/docs", include_in_schema=False)

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>eBL Ledger: API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" href="data:,">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
START = """"use strict";
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null, // else Swagger's own host would be asked whether the description is valid
});
"""


@cache
def _published(name: str) -> bytes:
    """A file of Swagger UI's."""
    return (files("fastapi_offline") / "static" / name).read_bytes()


@router.get("")
async def page() -> HTMLResponse:
    """The page."""
    return HTMLResponse(PAGE)


@router.get("/start.js")
async def start() -> Response:
    """What opens the description on the page; the page itself may run no script."""
    return Response(START, media_type="text/javascript")


@router.get("/swagger-ui-bundle.js")
async def script() -> Response:
    """Swagger UI's script."""
    return Response(_published("swagger-ui-bundle.js"), media_type="text/javascript")


@router.get("/swagger-ui.css")
async def style() -> Response:
    """Swagger UI's style."""
    return Response(_published("swagger-ui.css"), media_type="text/css")
