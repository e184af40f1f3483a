// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Telemetry
import Testing
import Web

@Suite("Log")
struct LogTests {
    struct Line: Sendable, CustomTestStringConvertible {
        let message: String, fields: Fields, json: String, text: String
        init(_ message: String, _ fields: Fields, json: String, text: String) {
            (self.message, self.fields, self.json, self.text) = (message, fields, json, text)
        }
        var testDescription: String { json }
    }
    static let lines: [Line] = [
        Line("started", [:], json: #""message":"started""#, text: "started"),
        Line(
            "pushed", ["repository": "a/b", "bytes": 12, "is_new": true, "ratio": 0.25],
            json: #""message":"pushed","repository":"a/b","bytes":12,"is_new":true,"ratio":0.25"#,
            text: "pushed repository=a/b bytes=12 is_new=true ratio=0.25"),
        Line(
            "took", ["time_spent": .duration(.microseconds(1500))], json: #""message":"took","time_spent":0.0015"#,
            text: "took time_spent=1.5ms"),
        Line(
            "odd", ["a": .double(.nan), "b": .double(-.infinity), "c": .duration(.seconds(Int64.max))],
            json: #""message":"odd","a":"NaN","b":"-Inf","c":9.223372036854776e+18"#,
            text: "odd a=NaN b=-Inf c=2562047h47m16.854775807s"),
        Line("empty", ["a": ""], json: #""message":"empty","a":"""#, text: #"empty a="""#),
        Line("ümläut", ["name": "日本"], json: #""message":"ümläut","name":"日本""#, text: "ümläut name=日本"),
        Line("twice", ["a": 1, "b": 2, "a": 3], json: #""message":"twice","a":3,"b":2"#, text: "twice a=3 b=2"),
        Line(
            "reserved", ["time": 1, "level": "x", "message": "y", "truncated": false],
            json: #""message":"reserved","_time":1,"_level":"x","_message":"y","_truncated":false"#,
            text: "reserved _time=1 _level=x _message=y _truncated=false"),
    ]

    @Test("writes a line with time, level, message and typed fields, as JSON", arguments: lines)
    func jsonLines(_ line: Line) async throws {
        let file = try FileLog(.json)
        file.log.info(line.message, line.fields)
        #expect(try await file.text() == #"{"time":"2026-01-02T03:04:05.678Z","level":"info",\#(line.json)}"#)
        #expect(try json(try await file.text())["message"]?.string == line.message)
    }

    @Test("writes the same line for people", arguments: lines)
    func textLines(_ line: Line) async throws {
        let file = try FileLog(.text)
        file.log.warn(line.message, line.fields)
        #expect(try await file.text() == "2026-01-02T03:04:05.678Z WARN \(line.text)")
    }

    @Test("binds fields to a handle, and leaves the handle it came from as it was")
    func boundFields() async throws {
        let file = try FileLog()
        let bound = file.log.with("repository", "a").with(["user": "u", "repository": "b"])
        bound.error("failed", Fault(.conflict, "it is there"), ["user": "v"])
        file.log.info("alone")
        let lines = try await file.lines().map(json)
        #expect(lines[0]["repository"]?.string == "b" && lines[0]["user"]?.string == "v")
        #expect(lines[0]["error"]?.string == "it is there" && lines[0]["code"]?.string == "conflict")
        #expect(lines[1].object?.keys == ["time", "level", "message"])
    }

    @Test("writes no line below the level, which can be changed at any time, and does not even make it")
    func levels() async throws {
        let file = try FileLog(level: .warn)
        let made = Guarded(0)
        func message(_ text: String) -> String {
            made.withLock { $0 += 1 }
            return text
        }
        file.log.debug(message("1"))
        file.log.info(message("2"))
        file.log.warn(message("3"))
        #expect(!file.log.isEnabled(.info) && file.log.isEnabled(.error) && !Log.none.isEnabled(.error))
        file.writer.level = .debug
        file.log.debug(message("4"))
        file.writer.level = .error
        file.log.warn(message("5"))
        #expect(try await file.lines().map { try json($0)["message"]?.string } == ["3", "4"])
        #expect(made.withLock { $0 } == 2)
        #expect(LogLevel(name: "WARNING") == .warn && LogLevel(name: "Debug") == .debug && LogLevel(name: "x") == nil)
    }

    @Test("writes times before 1970 and at the edges of a second as they are")
    func times() async throws {
        for (time, text) in [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (999_999_999, "1970-01-01T00:00:00.999Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
        ] as [(Int64, String)] {
            let file = try FileLog(clock: WallClock { time })
            file.log.info("x")
            #expect(try json(try await file.text())["time"]?.string == text)
        }
    }

    @Test("carries the identifiers of a span that is recorded, of no other")
    func spans() async throws {
        let file = try FileLog()
        var settings = TracingSettings()
        settings.endpoint = try HTTPURL("http://127.0.0.1:1/v1/traces")
        settings.sleep = { _ in try await Task.sleep(for: .seconds(3600)) }
        let parent = try #require(
            TraceContext(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
        await Tracer(settings).withSpan("work", parent: parent) { span in
            file.log.info("recorded", ["span": .string(span.context?.spanID.description ?? "")])
        }
        settings.sampler = TraceSampler(ratio: 0, followsParent: false)
        await Tracer(settings).withSpan("work") { _ in file.log.info("sampled out") }
        let lines = try await file.lines().map(json)
        #expect(lines[0]["trace_id"]?.string == "0af7651916cd43dd8448eb211c80319c")
        #expect(lines[0]["span_id"] != nil && lines[0]["span_id"] == lines[0]["span"])
        #expect(lines[1]["trace_id"] == nil)
    }
}
