// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@testable import Telemetry

@Suite("OTLP document")
struct OTLPDocumentTests {
    /// A request with everything that a span can say.
    static func request() throws -> JSON {
        let parent = try #require(
            TraceContext(
                traceparent: "00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b173-01", tracestate: ["a=1,b=2"]))
        let span = try #require(SpanID(hex: "eee19b7ec3c1b174"))
        let context = TraceContext(traceID: parent.traceID, spanID: span, isSampled: true, state: parent.state)
        var full = SpanRecord(
            context: context, parent: parent.spanID, name: "GET /v2/", kind: .server, start: someTime,
            end: someTime + 5)
        full.set("text", "é\n\"")
        full.set("integer", .integer(.min))
        full.set("double", 0.5)
        full.set("large", 1e300)
        full.set("none", .double(.nan))
        full.set("more", .double(.infinity))
        full.set("less", .double(-.infinity))
        full.set("bool", false)
        full.set("time", .duration(.milliseconds(1500)))
        full.add("event", ["a": 1], at: someTime + 1)
        full.add("bare", [:], at: someTime + 2)
        full.failure = "broken"
        (full.droppedAttributes, full.droppedEvents) = (1, 2)
        let root = TraceContext(traceID: parent.traceID, spanID: parent.spanID, isSampled: true)
        let bare = SpanRecord(context: root, parent: nil, name: "", kind: .internal, start: 0, end: 0)
        var settings = TracingSettings()
        (settings.serviceName, settings.serviceVersion) = ("registry", "1.2")
        settings.resource = ["host.name": "h"]
        return OTLPDocument.request([full, bare], settings)
    }

    @Test("writes spans in the JSON of the protocol")
    func golden() throws {
        let scopeSpans = #""scopeSpans":[{"scope":{"name":"sovereign"},"spans":["#
        let expected = [
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"registry"}},"#,
            #"{"key":"service.version","value":{"stringValue":"1.2"}},{"key":"host.name","value":{"stringValue":"h"}}]},"#,
            scopeSpans,
            #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"GET /v2/","kind":2,"#,
            #""startTimeUnixNano":"1767323045678000000","endTimeUnixNano":"1767323045678000005","flags":1,"#,
            #""parentSpanId":"eee19b7ec3c1b173","traceState":"a=1,b=2","attributes":["#,
            #"{"key":"text","value":{"stringValue":"é\n\""}},"#,
            #"{"key":"integer","value":{"intValue":"-9223372036854775808"}},"#,
            #"{"key":"double","value":{"doubleValue":0.5}},{"key":"large","value":{"doubleValue":1e+300}},"#,
            #"{"key":"none","value":{"doubleValue":"NaN"}},{"key":"more","value":{"doubleValue":"Infinity"}},"#,
            #"{"key":"less","value":{"doubleValue":"-Infinity"}},{"key":"bool","value":{"boolValue":false}},"#,
            #"{"key":"time","value":{"doubleValue":1.5}}],"droppedAttributesCount":1,"#,
            #""events":[{"timeUnixNano":"1767323045678000001","name":"event","attributes":[{"key":"a","value":{"intValue":"1"}}]},"#,
            #"{"timeUnixNano":"1767323045678000002","name":"bare"}],"droppedEventsCount":2,"#,
            #""status":{"message":"broken","code":2}},"#,
            #"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b173","name":"","kind":1,"#,
            #""startTimeUnixNano":"0","endTimeUnixNano":"0","flags":1}]}]}]}"#,
        ]
        #expect(try Self.request().text() == expected.joined())
    }

    @Test(
        "writes what the protocol's own library reads, field for field",
        .enabled(if: ProtocolReader.python != nil, "opentelemetry-proto is not installed (scripts/setup --optional)"),
        .timeLimit(.minutes(10)))
    func libraryReads() async throws {
        let read = try await ProtocolReader.read(try Self.request())
        let spans = read["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.array ?? []
        // What it writes again differs in the order of fields, in defaults that it leaves out, and in identifiers.
        #expect(spans.count == 2 && spans[0]["name"] == "GET /v2/" && spans[0]["kind"] == "SPAN_KIND_SERVER")
        #expect(spans[0]["startTimeUnixNano"] == "1767323045678000000" && spans[0]["flags"] == 1)
        #expect(spans[0]["status"] == ["message": "broken", "code": "STATUS_CODE_ERROR"])
        #expect(spans[0]["attributes"]?.array?.count == 9 && spans[0]["events"]?.array?.count == 2)
        #expect(spans[0]["attributes"]?[1]?["value"]?["intValue"] == "-9223372036854775808")
        #expect(spans[0]["traceId"] == "W47/95gDgQPSabYzgT/GDA==" && spans[0]["parentSpanId"] == "7uGbfsPBsXM=")
        #expect(read["resourceSpans"]?[0]?["resource"]?["attributes"]?.array?.count == 3)
        // And it reads no field that it does not know.
        await #expect(throws: (any Error).self) { try await ProtocolReader.read(["resource_spam": []]) }
    }
}

/// The classes that the protocol's authors generate for Python.
enum ProtocolReader {
    static let python: String? = {
        let python = FileSystem.join(FileSystem.folder(of: #filePath), "../../.build/tools/bin/python3")
        let library = FileSystem.join(FileSystem.folder(of: python), "../lib")
        let versions = (try? FileSystem.names(in: library)) ?? []
        let isThere = versions.contains { FileSystem.exists("\(library)/\($0)/site-packages/opentelemetry/proto") }
        return isThere ? python : nil
    }()

    /// Reads a request strictly and gives it back as the library writes it.
    static func read(_ json: JSON) async throws -> JSON {
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/read_otlp.py")
        let result = try await ChildProcess.run([python ?? "python3", script], input: json.encoded())
        guard result.status == 0 else { throw Fault(.invalid, String(decoding: result.stderr, as: UTF8.self)) }
        return try JSON(parsing: result.stdout, source: "the library")
    }
}
