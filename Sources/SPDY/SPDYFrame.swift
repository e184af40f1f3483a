// SPDX-License-Identifier: Apache-2.0

/// A frame of SPDY/3.1 (draft-mbelshe-httpbis-spdy-00, and spdy-protocol-draft3-1 for the windows of connections).
public enum SPDYFrame: Hashable, Sendable {
    /// Bytes of a stream; a reader gives large frames in pieces, of which only the last one can be the end.
    case data(stream: UInt32, [UInt8], isLast: Bool)
    /// SYN_STREAM.
    case open(stream: UInt32, SPDYHeaders, isLast: Bool, isOneWay: Bool)
    /// SYN_REPLY.
    case reply(stream: UInt32, SPDYHeaders, isLast: Bool)
    /// RST_STREAM.
    case reset(stream: UInt32, SPDYStatus)
    /// SETTINGS: identifiers and values.
    case settings([Setting])
    /// PING.
    case ping(UInt32)
    /// GOAWAY: the last stream that was taken, and why.
    case goAway(lastStream: UInt32, UInt32)
    /// HEADERS: more of them.
    case headers(stream: UInt32, SPDYHeaders, isLast: Bool)
    /// WINDOW_UPDATE; stream 0 is the connection.
    case window(stream: UInt32, delta: UInt32)
    /// A kind that nobody has to know.
    case other(kind: UInt16)

    /// One setting.
    public struct Setting: Hashable, Sendable {
        /// What is set.
        public let id: UInt32
        /// To what.
        public let value: UInt32
        /// SETTINGS_MAX_CONCURRENT_STREAMS and SETTINGS_INITIAL_WINDOW_SIZE.
        static let maximalStreams: UInt32 = 4
        static let initialWindow: UInt32 = 7
    }

    /// The numbers of the kinds.
    enum Kind {
        static let open: UInt16 = 1, reply: UInt16 = 2, reset: UInt16 = 3, settings: UInt16 = 4, ping: UInt16 = 6,
            goAway: UInt16 = 7, headers: UInt16 = 8, window: UInt16 = 9
    }
    static let lastFlag: UInt8 = 1
    static let oneWayFlag: UInt8 = 2
    /// The highest number of a stream and of a window.
    static let maximum: UInt32 = 0x7FFF_FFFF

    static func word(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }
}

/// Why a stream was reset (section 2.6.3).
public struct SPDYStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// Its number.
    public let rawValue: UInt32
    /// Some status.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// A rule was broken.
    public static let protocolError = Self(rawValue: 1)
    /// There is no such stream.
    public static let invalidStream = Self(rawValue: 2)
    /// Refused before anything came of it.
    public static let refused = Self(rawValue: 3)
    /// Nobody wants it any more.
    public static let cancelled = Self(rawValue: 5)
    /// Something failed.
    public static let internalError = Self(rawValue: 6)
    /// More was sent than the window allows.
    public static let flowControl = Self(rawValue: 7)
    /// A reply came twice.
    public static let inUse = Self(rawValue: 8)
    /// Bytes behind the end.
    public static let alreadyClosed = Self(rawValue: 9)

    private static let names: [UInt32: String] = [
        1: "PROTOCOL_ERROR", 2: "INVALID_STREAM", 3: "REFUSED_STREAM", 4: "UNSUPPORTED_VERSION", 5: "CANCEL",
        6: "INTERNAL_ERROR", 7: "FLOW_CONTROL_ERROR", 8: "STREAM_IN_USE", 9: "STREAM_ALREADY_CLOSED",
        10: "INVALID_CREDENTIALS", 11: "FRAME_TOO_LARGE",
    ]
    /// The name that the protocol gives it.
    public var description: String { Self.names[rawValue] ?? "status \(rawValue)" }
}

/// What a reader of frames accepts.
public struct SPDYLimits: Sendable {
    /// The most bytes of a frame that holds no data.
    public var controlFrame = 16 * 1024
    /// The most bytes of a header block when it is expanded.
    public var headerBlock = 16 * 1024
    /// The most headers of a block.
    public var headers = 64

    /// The limits above.
    public init() {}
}
