"""What can go wrong in the domain, and how it is answered."""

from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel


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
        return JSONResponse({"detail": jsonable_encoder(details)}, 422)
