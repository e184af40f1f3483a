# SPDX-License-Identifier: Apache-2.0
"""Reads a request of OTLP/HTTP in JSON from standard input with the protocol's own classes, and writes it again.

The library knows protobuf's mapping only, in which identifiers are base64 and enumerations may be names; OTLP has
hexadecimal identifiers and numbers, which are checked and translated here first.
"""
import base64
import json
import re
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def translate(value):
    if isinstance(value, list):
        return [translate(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, item in value.items():
        assert re.fullmatch("[a-z][A-Za-z]*", key), f"{key} is not in lower camel case"
        if key in ("traceId", "spanId", "parentSpanId"):
            digits = 32 if key == "traceId" else 16
            assert re.fullmatch(f"[0-9a-f]{{{digits}}}", item), f"{key} is not {digits} hexadecimal digits"
            item = base64.b64encode(bytes.fromhex(item)).decode()
        assert not (key in ("kind", "code") and not isinstance(item, int)), f"{key} is no number"
        assert not (key.endswith("UnixNano") and not isinstance(item, str)), f"{key} is no string"
        result[key] = translate(item)
    return result


request = json_format.Parse(json.dumps(translate(json.load(sys.stdin))), ExportTraceServiceRequest())
sys.stdout.write(json_format.MessageToJson(request))
