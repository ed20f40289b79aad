"""What can go wrong in the domain, and how it is answered."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, ClassVar

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

# The 400 that FastAPI gives for a body that is not UTF-8, or nested without end.
UNREADABLE_BODY = "There was an error parsing the body"


class DomainError(Exception):
    status_code: ClassVar[int]
    description: ClassVar[str]
    headers: ClassVar[dict[str, str] | None] = None

    def __init__(self, detail: str | None = None) -> None:
        self.detail = detail or self.description
        super().__init__(self.detail)


class Unauthorized(DomainError):
    status_code = 401
    description = "Not authenticated"
    headers: ClassVar[dict[str, str] | None] = {"WWW-Authenticate": "Bearer"}


class Forbidden(DomainError):
    status_code = 403
    description = "Not permitted"


class NotFound(DomainError):
    status_code = 404
    description = "Not found"


class Conflict(DomainError):
    status_code = 409
    description = "In conflict with what is stored"


class ErrorMessage(BaseModel):
    detail: str


def errors(*kinds: type[DomainError]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may raise these."""
    return {
        kind.status_code: {"model": ErrorMessage, "description": kind.description}
        for kind in kinds
    }


@contextmanager
def not_found_as_conflict() -> Generator[None]:
    """For what a body refers to: 404 is about the path."""
    try:
        yield
    except NotFound as error:
        raise Conflict(error.detail) from error


def add_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(DomainError)
    def answer_domain_error(_request: Request, error: DomainError) -> JSONResponse:
        return JSONResponse(
            {"detail": error.detail}, error.status_code, headers=error.headers
        )

    @app.exception_handler(RequestValidationError)
    def answer_invalid_request(
        _request: Request, error: RequestValidationError
    ) -> JSONResponse:
        # Without the input, which may be a password, or nothing that JSON can hold.
        details = [
            {"loc": item["loc"], "msg": item["msg"], "type": item["type"]}
            for item in error.errors()
        ]
        return JSONResponse({"detail": details}, 422)

    @app.exception_handler(HTTPException)
    async def answer_http_error(request: Request, error: HTTPException) -> Response:
        if error.detail == UNREADABLE_BODY:
            detail = {"loc": ["body"], "msg": "Invalid JSON", "type": "json_invalid"}
            return JSONResponse({"detail": [detail]}, 422)
        if error.status_code == 405:
            # Starlette names the methods of one of the routes of this path.
            error.headers = {"Allow": ", ".join(allowed_methods(app, request.url.path))}
        return await http_exception_handler(request, error)


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    return [
        method.upper()
        for template, operations in app.openapi()["paths"].items()
        if compile_path(template)[0].match(path)
        for method in operations
    ]
