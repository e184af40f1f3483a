// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

/// One event of a stream of events (WHATWG HTML, section 9.2 “Server-sent events”).
public struct ServerSentEvent: Sendable, Equatable {
    /// The event's type; clients take nil for `message`.
    public var event: String?
    /// What a client names when it asks again after a break, as `Last-Event-ID`.
    public var id: String?
    /// What the event says, in any number of lines.
    public var data: String
    /// How long a client waits before it asks again.
    public var retry: Duration?

    /// An event. Line ends and NUL are dropped from its type and name, so that neither can begin another field.
    public init(event: String? = nil, id: String? = nil, data: String, retry: Duration? = nil) {
        (self.event, self.id, self.data, self.retry) = (event, id, data, retry)
    }

    /// The event as it is sent, with the empty line that ends it. Every line of the data is a field of its own; CR LF,
    /// CR and LF all end lines, as clients see them.
    public var encoded: String {
        var text = ""
        if let event { text += "event: \(Self.single(event))\n" }
        if let id { text += "id: \(Self.single(id))\n" }
        if let retry {
            let (seconds, attoseconds) = retry.components
            text += "retry: \(max(0, seconds * 1000 + attoseconds / 1_000_000_000_000_000))\n"
        }
        var line = String.UnicodeScalarView()
        var before: Unicode.Scalar?
        func end() {
            text += "data: \(String(line))\n"
            line = String.UnicodeScalarView()
        }
        for scalar in data.unicodeScalars {
            if scalar == "\n" && before == "\r" {
                // The line has ended already.
            } else if scalar == "\n" || scalar == "\r" {
                end()
            } else {
                line.append(scalar)
            }
            before = scalar
        }
        end()
        return text + "\n"
    }

    private static func single(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" && $0.value != 0 }))
    }
}

extension ServerRequest {
    /// The name of the last event the client has seen, when it asks for events again.
    public var lastEventID: String? { headers["Last-Event-ID"].flatMap { $0.isEmpty ? nil : $0 } }
}

extension ServerResponse {
    /// An answer that goes on for as long as there are events and the client stays.
    ///
    /// Events are asked for no faster than the client takes them; at most two are held. When the client leaves, whoever
    /// waits for the next one is cancelled.
    /// - Parameter heartbeat: after so long without an event an empty comment is sent, so that nobody in between takes
    ///   the connection for dead, and the server learns whether the client is there.
    public static func events<Events: AsyncSequence & Sendable>(
        _ events: Events, heartbeat: Duration = .seconds(15)
    ) -> ServerResponse where Events.Element == ServerSentEvent {
        let feed = EventFeed(heartbeat: heartbeat) { mailbox in
            for try await event in events { try await mailbox.put(Array(event.encoded.utf8)) }
        }
        return ServerResponse(
            status: 200,
            headers: [
                "Content-Type": "text/event-stream", "Cache-Control": "no-store",
                // nginx would collect events otherwise.
                "X-Accel-Buffering": "no",
            ], body: .stream(length: nil, ByteStream { try await feed.next() }))
    }
}
