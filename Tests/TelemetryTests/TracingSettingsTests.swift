// SPDX-License-Identifier: Apache-2.0

import Basics
import Telemetry
import Testing
import Web

@Suite("Tracing settings")
struct TracingSettingsTests {
    private func settings(_ variables: [String: String]) throws -> TracingSettings {
        try TracingSettings(environment: Environment(variables), serviceName: "registry", serviceVersion: "1.2")
    }

    @Test(
        "finds the endpoint as the specification says",
        arguments: [
            ([:], nil), (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"], "http://c:4318/v1/traces"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318/"], "http://c:4318/v1/traces"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": " https://c/base "], "https://c/base/v1/traces"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "https://c/base/"], "https://c/base/v1/traces"),
            (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318"], "http://c:4318/"),
            (["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c/x?y=z"], "http://c/x?y=z"),
            (
                ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a/b", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"],
                "http://a/b"
            ),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": " "], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SDK_DISABLED": "True"], nil),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_SDK_DISABLED": "1"], "http://c/v1/traces"),
            (["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"], nil),
            (
                ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"],
                "http://c/v1/traces"
            ),
        ] as [([String: String], String?)])
    func endpoint(_ variables: [String: String], _ expected: String?) throws {
        let settings = try settings(variables)
        #expect(settings.endpoint.map { "\($0)" } == expected)
        #expect(Tracer(settings).isEnabled == (expected != nil))
    }

    @Test("names the service as the most particular variable does")
    func service() throws {
        #expect(try settings([:]).serviceName == "registry")
        #expect(TracingSettings().serviceName == "unknown_service")
        let attributes = "service.name=a%20b,service.version=2,deployment.environment.name = test ,"
        let some = try settings(["OTEL_RESOURCE_ATTRIBUTES": attributes])
        #expect(some.serviceName == "a b" && some.serviceVersion == "2")
        #expect(some.resource.map(\.name) == ["deployment.environment.name"])
        #expect(some.resource["deployment.environment.name"] == "test")
        let all = try settings(["OTEL_RESOURCE_ATTRIBUTES": attributes, "OTEL_SERVICE_NAME": "c"])
        #expect(all.serviceName == "c" && all.serviceVersion == "2")
    }

    @Test("reads headers, percent-encoded, the particular ones first")
    func headers() throws {
        var variables = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": "https://c",
            "OTEL_EXPORTER_OTLP_HEADERS": "Authorization=Basic%20YTpi=,x=%C3%A9",
        ]
        let settings = try settings(variables)
        #expect(settings.headers["authorization"] == "Basic YTpi=" && settings.headers["x"] == "é")
        variables["OTEL_EXPORTER_OTLP_TRACES_HEADERS"] = "y=1"
        let particular = try self.settings(variables)
        #expect(particular.headers.count == 1 && particular.headers["y"] == "1")
    }

    @Test(
        "knows the samplers of the specification",
        arguments: [
            (nil, nil, TraceSampler(ratio: 1, followsParent: true)),
            ("always_on", nil, TraceSampler(ratio: 1, followsParent: false)),
            ("always_off", "0.5", TraceSampler(ratio: 0, followsParent: false)),
            ("traceidratio", "0.25", TraceSampler(ratio: 0.25, followsParent: false)),
            ("traceidratio", nil, TraceSampler(ratio: 1, followsParent: false)),
            ("parentbased_always_on", nil, TraceSampler(ratio: 1, followsParent: true)),
            ("parentbased_always_off", nil, TraceSampler(ratio: 0, followsParent: true)),
            ("parentbased_traceidratio", "1e-3", TraceSampler(ratio: 0.001, followsParent: true)),
        ] as [(String?, String?, TraceSampler)])
    func samplers(_ name: String?, _ ratio: String?, _ expected: TraceSampler) throws {
        var variables = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"]
        (variables["OTEL_TRACES_SAMPLER"], variables["OTEL_TRACES_SAMPLER_ARG"]) = (name, ratio)
        #expect(try settings(variables).sampler == expected)
    }

    @Test(
        "refuses what it cannot follow, naming the variable and no secret",
        arguments: [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "c:4318"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://c"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://u:hunter2@c"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"), ("OTEL_EXPORTER_OTLP_HEADERS", "hunter2"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=hunter2%2"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=hunter2%0d%0ab:c"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a b=hunter2"), ("OTEL_EXPORTER_OTLP_HEADERS", "=hunter2"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=hunter2%ff"), ("OTEL_RESOURCE_ATTRIBUTES", "hunter2"),
            ("OTEL_TRACES_SAMPLER", "jaeger_remote"), ("OTEL_TRACES_SAMPLER_ARG", "2"),
            ("OTEL_TRACES_SAMPLER_ARG", "-0.1"), ("OTEL_TRACES_SAMPLER_ARG", "nan"), ("OTEL_TRACES_SAMPLER_ARG", "x"),
        ])
    func refused(_ name: String, _ value: String) {
        var variables = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_SAMPLER": "traceidratio"]
        variables[name] = value
        #expect { try settings(variables) } throws: { error in
            let fault = error as? Fault
            return fault?.message.contains(name) == true && fault?.message.contains("hunter2") == false
                && [.invalid, .unsupported].contains(fault?.code)
        }
    }
}
