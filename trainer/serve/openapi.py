"""What the service says of itself to programs: OpenAPI 3.1, with the schemas of the very records that it sends."""

from typing import Any

import msgspec

from trainer.core.results import Prediction
from trainer.serve.limits import Limits
from trainer.serve.refusals import Problem
from trainer.serve.service import Health, ServedModel

_REF = "#/components/schemas/{name}"
_REFUSALS: dict[int, str] = {
    400: "The request is damaged, or has no photo in it.",
    401: "The token is missing or wrong.",
    403: "A page of another site asked.",
    408: "The photos did not arrive in time.",
    413: "The request is too large, or has too many photos.",
    415: "The body is neither a form nor a photo.",
    421: "The Host header names another service.",
    429: "Too many photos wait already. Try again after Retry-After seconds.",
    500: "Something unexpected went wrong.",
    503: "Too many connections are open, or the service is ending.",
    504: "There was no verdict in time.",
}
_OF_ALL = (403, 421)
_OF_PREDICT = (400, 408, 413, 415, 429, 500, 503, 504)


def openapi(limits: Limits, version: str, *, token: bool) -> dict[str, Any]:
    """Return the description of a service with these limits, which asks for a token or does not."""
    (verdicts, models, health, _), schemas = msgspec.json.schema_components(
        [list[Prediction], list[ServedModel], Health, Problem], ref_template=_REF
    )
    asked = (*_OF_ALL, *((401,) if token else ()))
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "CatDog",
            "version": version,
            "summary": "Tells the two classes of a model apart, photo by photo.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            "/predict": {"post": _predict(limits, verdicts, (*asked, *_OF_PREDICT))},
            "/models": {"get": _get("models", "The model that gives the verdicts.", models, asked)},
            "/health": {"get": _get("health", "Whether the service is there, and how busy.", health, _OF_ALL)},
        },
        "components": {"schemas": schemas},
    }
    if token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        document["paths"]["/health"]["get"]["security"] = []
    return document


def _predict(limits: Limits, verdicts: dict[str, Any], refusals: tuple[int, ...]) -> dict[str, Any]:
    photo = {"type": "string", "format": "binary"}
    form = {
        "type": "object",
        "properties": {"photo": {"type": "array", "items": photo, "minItems": 1, "maxItems": limits.photos}},
        "required": ["photo"],
        "description": "Files in fields of any name.",
    }
    raw: dict[str, Any] = {}
    return {
        "operationId": "predict",
        "summary": "A verdict on each photo, in the order of the request.",
        "description": (
            f"JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF: at most {limits.photos} photos of together "
            f"{limits.body / 1e6:g} MB. A photo that cannot be read has `error` set; the others have verdicts."
        ),
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "image/*": {"schema": raw},
                "application/octet-stream": {"schema": raw},
            },
        },
        "responses": {"200": _response("The verdicts.", verdicts), **_refused(refusals)},
    }


def _get(name: str, summary: str, schema: dict[str, Any], refusals: tuple[int, ...]) -> dict[str, Any]:
    responses = {"200": _response(summary, schema), **_refused(refusals)}
    return {"operationId": name, "summary": summary, "responses": responses}


def _response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _refused(statuses: tuple[int, ...]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": _REF.format(name=Problem.__name__)}}}
    described: dict[str, Any] = {
        str(status): {"description": _REFUSALS[status], "content": problem} for status in sorted(statuses)
    }
    for status in described.keys() & {"408", "429", "504"}:
        described[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return described
