// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Web
import WebClient

/// A watch as a client reads it.
actor WatchReading {
    let code: Int
    private let body: ByteStream
    private var rest: [UInt8] = []

    struct Event: Sendable {
        let type: String
        let object: JSON
        /// Type and name, as `ADDED a`.
        var text: String { "\(type) \(object[path: "metadata.name"]?.string ?? "")" }
        var revision: Int64 { Int64(object[path: "metadata.resourceVersion"]?.string ?? "") ?? 0 }
    }

    init(_ response: HTTPResponse) { (code, body) = (response.status, response.body) }

    /// The next event; nil when the watch has ended.
    func next() async throws -> Event? {
        while true {
            if let end = rest.firstIndex(of: 0x0A) {
                let line = Array(rest[..<end])
                rest.removeSubrange(...end)
                guard !line.isEmpty else { continue }
                let json = try JSON(parsing: line, source: "an event")
                return Event(type: json["type"]?.string ?? "", object: json["object"] ?? .null)
            }
            guard let chunk = try await body.next() else { return nil }
            rest += chunk
        }
    }

    /// The next events, as `ADDED a`.
    func texts(_ count: Int) async throws -> [String] {
        var texts: [String] = []
        for _ in 0..<count { texts.append(try await next()?.text ?? "end") }
        return texts
    }

    /// Everything until the watch ends.
    func all() async throws -> [Event] {
        var events: [Event] = []
        while let event = try await next() { events.append(event) }
        return events
    }
}

extension TestAPI {
    func watch(_ path: String, accept: String? = nil, headers: [String: String] = [:]) async throws -> WatchReading {
        var request = HTTPRequest(method: .get, url: try HTTPURL("http://127.0.0.1:\(port)\(path)"))
        request.headers["Accept"] = accept
        for (name, value) in headers { request.headers[name] = value }
        return WatchReading(try await client.open(request, retry: false))
    }
}
