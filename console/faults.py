"""Errors of the API, and how every error is answered: `{code, field, reason, remedy}`, never quoting the request."""

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from events.errors import InputError, InvalidFieldError, RingwatchError


class UnauthorizedError(RingwatchError):
    """The bearer token is missing or wrong."""

    http_status = 401
    code = "unauthorized"


class TooLargeError(InputError):
    """The body is longer than a submission may be."""

    http_status = 413
    code = "too_large"


class UndecidedError(RingwatchError):
    """The payment is in the log, but its decision did not come in time. `ask` is the path that will have it."""

    http_status = 504
    code = "undecided"

    def __init__(self, reason: str, remedy: str, ask: str) -> None:
        self.reason = reason
        self.remedy = remedy
        self.ask = ask
        super().__init__(f"{reason} ({remedy})")


def fault(error: RingwatchError) -> Response:
    """The answer to `error`. What went wrong inside (status 500) stays inside."""
    status = error.http_status
    body = {"code": error.code, "field": "", "reason": str(error), "remedy": ""}
    headers: dict[str, str] = {}
    if isinstance(error, InputError):
        body |= {"field": error.field, "reason": error.reason, "remedy": error.remedy}
    elif isinstance(error, UndecidedError):
        body |= {"reason": error.reason, "remedy": error.remedy}
        headers = {"Location": error.ask, "Retry-After": "1"}
    elif isinstance(error, UnauthorizedError):
        headers = {"WWW-Authenticate": "Bearer"}
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers = {"Retry-After": "1"}
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        body |= {"reason": "something went wrong inside; the log of the console says what"}
    return _answer(status, body, headers)


def install(app: FastAPI) -> None:
    """Make `app` answer its own and the framework's errors as `fault` does."""
    app.add_exception_handler(RingwatchError, _ours)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(RequestValidationError, _parameter)


async def _ours(_: Request, error: Exception) -> Response:
    return fault(error if isinstance(error, RingwatchError) else RingwatchError())


async def _framework(_: Request, error: Exception) -> Response:
    status = HTTPStatus(error.status_code if isinstance(error, HTTPException) else 500)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    body = {"code": status.name.lower(), "field": "", "reason": status.phrase, "remedy": ""}
    return _answer(status, body, headers)


async def _parameter(_: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    where = ".".join(str(part) for part in faults[0]["loc"][1:]) if faults else ""
    # The framework's message may quote the value; its kind of fault (`int_parsing`, say) never does.
    kind = str(faults[0]["type"]).replace("_", " ") if faults else "invalid"
    return fault(InvalidFieldError(where, f"is no valid parameter: {kind}"))


def _answer(status: int, body: Mapping[str, str], headers: Mapping[str, str]) -> Response:
    return Response(msgspec.json.encode(body), status, headers, "application/json")
