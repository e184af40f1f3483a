// SPDX-License-Identifier: Apache-2.0

public import Web

/// Where in a trace something happens, as it travels between services: `traceparent` and `tracestate` (W3C Trace Context).
public struct TraceContext: Hashable, Sendable {
    /// The trace.
    public let traceID: TraceID
    /// The span that is the parent of what comes next.
    public let spanID: SpanID
    /// Whether whoever started the trace records it.
    public let isSampled: Bool
    /// Whether it came from another service.
    public let isRemote: Bool
    let state: TraceState

    init(traceID: TraceID, spanID: SpanID, isSampled: Bool, isRemote: Bool = false, state: TraceState = TraceState()) {
        (self.traceID, self.spanID, self.isSampled) = (traceID, spanID, isSampled)
        (self.isRemote, self.state) = (isRemote, state)
    }

    /// Reads `traceparent` and the values of `tracestate`; nil when the first is malformed, which starts a new trace.
    ///
    /// Strict: lower-case digits, no identifier of zeros, version 00 with nothing behind it, later versions with their
    /// additions behind `-`, never version ff (section 3.2.2). A malformed `tracestate` is dropped, the trace stays.
    public init?(traceparent text: String, tracestate: [String] = []) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55, bytes.count <= 512, [2, 35, 52].allSatisfy({ bytes[$0] == UInt8(ascii: "-") }),
            let version = hexadecimal(bytes[..<2]), version != 0xFF,
            version == 0 ? bytes.count == 55 : bytes.count == 55 || bytes[55] == UInt8(ascii: "-"),
            let traceID = TraceID(hex: String(decoding: bytes[3..<35], as: UTF8.self)),
            let spanID = SpanID(hex: String(decoding: bytes[36..<52], as: UTF8.self)),
            let flags = hexadecimal(bytes[53..<55])
        else { return nil }
        self.init(
            traceID: traceID, spanID: spanID, isSampled: flags & 1 == 1, isRemote: true,
            state: TraceState(tracestate) ?? TraceState())
    }

    /// Reads the fields of a request; nil without a `traceparent`, with a malformed one, and with several.
    public init?(_ headers: HTTPHeaders) {
        let parents = headers.values(for: "traceparent")
        guard parents.count == 1 else { return nil }
        self.init(traceparent: parents[0], tracestate: headers.values(for: "tracestate"))
    }

    /// The field `traceparent`, version 00.
    public var traceparent: String { "00-\(traceID)-\(spanID)-0\(isSampled ? 1 : 0)" }

    /// The field `tracestate`; nil when there is nothing to say.
    public var tracestate: String? { state.text }

    /// Puts both fields into a request, in place of what was there.
    public func write(to headers: inout HTTPHeaders) {
        headers["traceparent"] = traceparent
        headers["tracestate"] = tracestate
    }
}
