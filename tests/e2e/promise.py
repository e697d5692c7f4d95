"""Holds real responses to the OpenAPI document, as a generated client would."""

from collections.abc import Mapping
from typing import Any

import httpx
from jsonschema import Draft202012Validator, FormatChecker


class Promise:
    def __init__(self, document: dict[str, Any]) -> None:
        self._components = document["components"]
        self.operations: Mapping[str, dict[str, Any]] = {
            operation["operationId"]: operation
            for path in document["paths"].values()
            for operation in path.values()
        }

    def holds_for(self, operation: str, response: httpx.Response) -> None:
        """Fails where status, media type, a header or the body is not as documented."""
        documented = self.operations[operation]["responses"]
        assert str(response.status_code) in documented, f"{operation}: {response.status_code}"
        promised = documented[str(response.status_code)]
        media_type = response.headers["content-type"].partition(";")[0]
        assert media_type in promised["content"], f"{operation}: {media_type}"
        assert "x-request-id" in response.headers
        if media_type.endswith("json"):
            self._validate(promised["content"][media_type]["schema"], response.json())

    def _validate(self, schema: dict[str, Any], body: object) -> None:
        Draft202012Validator(
            {**schema, "components": self._components}, format_checker=FormatChecker()
        ).validate(body)
