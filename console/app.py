"""The HTTP API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer

from console import faults
from console.desk import Desk
from console.faults import TooLargeError
from console.guard import Guard
from console.parts import ConsoleParts
from console.rings import Rings
from console.views import (
    DecisionView,
    FaultView,
    PendingView,
    RingDetail,
    RingsView,
    RingView,
    decision_view,
    ring_view,
)
from events.errors import InvalidFieldError, MalformedError
from events.times import to_iso

HEALTH = "/healthz"
_DOCS = ("/docs", "/openapi.json")
_FAULTS: dict[int | str, dict[str, Any]] = {
    401: {"model": FaultView, "description": "no token, or a wrong one"},
    503: {"model": FaultView, "description": "a service does not answer; try again"},
}
_SCORE_FAULTS: dict[int | str, dict[str, Any]] = {
    409: {"model": FaultView, "description": "the id was used for another payment"},
    413: {"model": FaultView, "description": "the body is too long"},
    422: {"model": FaultView, "description": "the submission is refused; `field` says where"},
    504: {"model": FaultView, "description": "no decision in time; `Location` will have it"},
}
_SUBMISSION = {
    "requestBody": {
        "required": True,
        "description": "A payment with raw identifiers, as in `events/door.py`; no card numbers.",
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": ["id", "time", "amount", "currency"]},
                "example": {
                    "id": "t-1",
                    "time": "2026-11-20T10:00:00Z",
                    "amount": "49.90",
                    "currency": "USD",
                    "card": "card-ref-1",
                    "device": "d-77",
                    "shipping_address": "Flat 4, 12 Mill Road, Springfield IL 62704",
                },
            }
        },
    }
}


def make_app(parts: ConsoleParts) -> FastAPI:
    """The API over `parts`. Its threads run, and its producer fences older ones, from start-up to shutdown."""
    desk = Desk(parts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        desk.start()
        try:
            yield
        finally:
            await asyncio.to_thread(desk.close)

    docs = parts.settings.docs
    app = FastAPI(
        title="ringwatch",
        lifespan=lifespan,
        docs_url=_DOCS[0] if docs else None,
        openapi_url=_DOCS[1] if docs else None,
        redoc_url=None,
    )
    app.state.desk = desk
    app.add_middleware(
        Guard,
        token=parts.token,
        public=frozenset((HEALTH, *_DOCS)) if docs else frozenset((HEALTH,)),
        clock=parts.clock,
        metrics=parts.metrics,
    )
    faults.install(app)
    app.include_router(_open_routes(desk))
    for routes in (_decisions(parts, desk), _rings(Rings(parts.kv, parts.blobs)), _operations(parts)):
        # The guard checks the token; this says so in the docs.
        app.include_router(routes, dependencies=[Depends(HTTPBearer(auto_error=False))])
    return app


def _open_routes(desk: Desk) -> APIRouter:
    routes = APIRouter()

    @routes.get(HEALTH)
    async def health() -> JSONResponse:
        """Whether the process can do its work, and no more: anybody may ask."""
        return JSONResponse({"status": "ok"}) if desk.alive else JSONResponse({"status": "failed"}, 503)

    return routes


def _decisions(parts: ConsoleParts, desk: Desk) -> APIRouter:
    routes = APIRouter(prefix="/v1", responses=_FAULTS)

    @routes.post("/score", responses=_SCORE_FAULTS, openapi_extra=_SUBMISSION)
    async def score(request: Request) -> DecisionView:
        """Decide a payment. Asking again with the same submission gives the same decision."""
        raw = _json(await _body(request, parts.settings.max_body))
        transaction = parts.door.transaction(raw, now_ms=parts.clock.now_ms())
        if transaction.kind != "authorisation":
            raise InvalidFieldError(
                "kind", "only authorisations are decided", "send captures, refunds and reversals to the log"
            )
        return decision_view(await desk.decide(transaction))

    # An id may hold a slash.
    @routes.get(
        "/decisions/{transaction:path}",
        response_model=DecisionView,
        responses={202: {"model": PendingView}, 404: {"model": FaultView}},
    )
    async def decision(transaction: str) -> DecisionView | Response:
        """The decision on a transaction id: 200, or 202 while it is pending."""
        found = await desk.find(transaction)
        if found is None:
            pending = PendingView(transaction=transaction)
            return JSONResponse(pending.model_dump(), 202, {"Retry-After": "1"})
        return decision_view(found)

    return routes


def _rings(rings: Rings) -> APIRouter:
    routes = APIRouter(prefix="/v1", responses={**_FAULTS, 404: {"model": FaultView}})

    @routes.get("/rings")
    async def list_rings(
        limit: Annotated[int, Query(ge=1, le=1_000)] = 50,
        min_score: Annotated[float, Query(ge=0, le=1)] = 0.0,
    ) -> RingsView:
        """The rings found by the last community run, by falling score."""
        held = await asyncio.to_thread(rings.now)
        found = [ring for ring in held.rings if ring.score >= min_score]
        views: list[RingView] = [ring_view(ring) for ring in found[:limit]]
        return RingsView(version=held.version, cut=to_iso(held.cut_ms), total=len(found), rings=views)

    @routes.get("/entities/{token}/ring", responses={422: {"model": FaultView}})
    async def ring_of_entity(token: str) -> RingDetail:
        """The ring an entity belongs to, with all its members."""
        held, ring = await asyncio.to_thread(rings.of, token)
        return RingDetail(
            **ring_view(ring).model_dump(),
            version=held.version,
            cut=to_iso(held.cut_ms),
            tokens=list(ring.members),
        )

    return routes


def _operations(parts: ConsoleParts) -> APIRouter:
    routes = APIRouter(responses=_FAULTS)

    @routes.get("/metrics")
    async def metrics() -> Response:
        """This process's metrics, Prometheus text."""
        return Response(parts.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return routes


async def _body(request: Request, limit: int) -> bytes:
    """The whole body, read no further than `limit` bytes."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLargeError("", f"is longer than {limit} bytes", "send one payment a request")
    return bytes(body)


def _json(body: bytes) -> dict[str, object]:
    try:
        raw = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Where it went wrong is not said: the body may hold what must not be repeated.
        raise MalformedError("", "is not JSON", "send one JSON object, UTF-8") from None
    if not isinstance(raw, dict):
        raise MalformedError("", "is no JSON object", "send one JSON object, UTF-8")
    return raw
