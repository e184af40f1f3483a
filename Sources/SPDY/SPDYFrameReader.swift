// SPDX-License-Identifier: Apache-2.0

internal import Archives
public import Basics

/// Reads frames from the bytes of a connection, of which it keeps no more than one frame without data.
///
/// Throws `.corrupt` for what the protocol forbids, and `.limitExceeded` for frames and headers that are too large: frames
/// as soon as they are announced, headers before they are expanded further. Nothing can be read after that.
public struct SPDYFrameReader {
    private var buffer: [UInt8] = []
    private var start = 0
    /// The data frame in the middle of which the buffer begins.
    private var data: (stream: UInt32, left: Int, isLast: Bool)?
    private let expander: BlockExpander
    private let limits: SPDYLimits

    /// A reader at the beginning of a connection.
    public init(_ limits: SPDYLimits = SPDYLimits()) throws(Fault) {
        expander = try BlockExpander(dictionary: SPDYDictionary.bytes)
        self.limits = limits
    }

    /// Takes bytes of the connection.
    public mutating func add(_ bytes: Chunk) {
        buffer.removeSubrange(..<start)
        start = 0
        buffer += bytes
    }

    /// Whether the connection may end here: not in the middle of a frame.
    public var isBetweenFrames: Bool { data == nil && start == buffer.count }

    /// Whether what comes next belongs to the data of the last frame.
    var isInsideData: Bool { data != nil }

    /// The next frame, or the next piece of one with data; nil until more bytes have come.
    public mutating func next() throws(Fault) -> SPDYFrame? {
        if let data { return piece(of: data) }
        guard buffer.count - start >= 8 else { return nil }
        let (first, second) = (word(at: start), word(at: start + 4))
        let (flags, length) = (UInt8(second >> 24), Int(second & 0xFF_FFFF))
        guard first & 0x8000_0000 != 0 else {
            guard first != 0, flags & ~SPDYFrame.lastFlag == 0 else { throw Self.wrong("a data frame") }
            start += 8
            let data = (first, length, flags == SPDYFrame.lastFlag)
            self.data = data
            return piece(of: data)
        }
        guard first >> 16 == 0x8003 else {
            throw Fault(.corrupt, "the other side speaks version \(first >> 16 & 0x7FFF) of SPDY, not 3")
        }
        guard length <= limits.controlFrame else {
            throw Fault(.limitExceeded, "a SPDY frame has \(ByteCount(Int64(length)))")
        }
        guard buffer.count - start >= 8 + length else { return nil }
        let payload = Array(buffer[start + 8..<start + 8 + length])
        start += 8 + length
        return try control(UInt16(first & 0xFFFF), flags, payload)
    }

    private mutating func piece(of data: (stream: UInt32, left: Int, isLast: Bool)) -> SPDYFrame? {
        let count = min(data.left, buffer.count - start)
        guard count > 0 || data.left == 0 else { return nil }
        let bytes = Array(buffer[start..<start + count])
        start += count
        self.data = count < data.left ? (data.stream, data.left - count, data.isLast) : nil
        return .data(stream: data.stream, bytes, isLast: data.isLast && count == data.left)
    }

    private func control(_ kind: UInt16, _ flags: UInt8, _ payload: [UInt8]) throws(Fault) -> SPDYFrame {
        func check(_ name: String, count: Int, flags allowed: UInt8 = 0) throws(Fault) {
            guard payload.count == count, flags & ~allowed == 0 else { throw Self.wrong("a \(name) frame") }
        }
        /// Numbers of streams have 31 bits; what is before them is of no meaning.
        func stream(_ name: String) throws(Fault) -> UInt32 {
            let stream = Self.word(payload, at: 0) & SPDYFrame.maximum
            guard stream != 0 else { throw Self.wrong("the stream of a \(name) frame") }
            return stream
        }
        let isLast = flags & SPDYFrame.lastFlag != 0
        switch kind {
        case SPDYFrame.Kind.open:
            try check("SYN_STREAM", count: max(10, payload.count), flags: SPDYFrame.lastFlag | SPDYFrame.oneWayFlag)
            return .open(
                stream: try stream("SYN_STREAM"), try headers(payload.dropFirst(10)), isLast: isLast,
                isOneWay: flags & SPDYFrame.oneWayFlag != 0)
        case SPDYFrame.Kind.reply:
            try check("SYN_REPLY", count: max(4, payload.count), flags: SPDYFrame.lastFlag)
            return .reply(stream: try stream("SYN_REPLY"), try headers(payload.dropFirst(4)), isLast: isLast)
        case SPDYFrame.Kind.headers:
            try check("HEADERS", count: max(4, payload.count), flags: SPDYFrame.lastFlag)
            return .headers(stream: try stream("HEADERS"), try headers(payload.dropFirst(4)), isLast: isLast)
        case SPDYFrame.Kind.reset:
            try check("RST_STREAM", count: 8)
            let status = Self.word(payload, at: 4)
            guard status != 0 else { throw Self.wrong("the status of a RST_STREAM frame") }
            return .reset(stream: try stream("RST_STREAM"), SPDYStatus(rawValue: status))
        case SPDYFrame.Kind.settings: return try settings(flags, payload)
        case SPDYFrame.Kind.ping:
            try check("PING", count: 4)
            return .ping(Self.word(payload, at: 0))
        case SPDYFrame.Kind.goAway:
            try check("GOAWAY", count: 8)
            return .goAway(lastStream: Self.word(payload, at: 0) & SPDYFrame.maximum, Self.word(payload, at: 4))
        case SPDYFrame.Kind.window:
            try check("WINDOW_UPDATE", count: 8)
            let delta = Self.word(payload, at: 4) & SPDYFrame.maximum
            guard delta != 0 else { throw Self.wrong("the window of a WINDOW_UPDATE frame") }
            return .window(stream: Self.word(payload, at: 0) & SPDYFrame.maximum, delta: delta)
        default: return .other(kind: kind)
        }
    }

    private func settings(_ flags: UInt8, _ payload: [UInt8]) throws(Fault) -> SPDYFrame {
        // The one flag says that what was remembered is to be forgotten.
        guard payload.count >= 4, flags & ~1 == 0, payload.count == 4 + 8 * Int(Self.word(payload, at: 0)) else {
            throw Self.wrong("a SETTINGS frame")
        }
        return .settings(
            stride(from: 4, to: payload.count, by: 8).map { place in
                SPDYFrame.Setting(
                    id: Self.word(payload, at: place) & 0xFF_FFFF, value: Self.word(payload, at: place + 4))
            })
    }

    private func headers(_ packed: Chunk) throws(Fault) -> SPDYHeaders {
        let block = try expander.expanded(
            Array(packed), limit: limits.headerBlock, of: "the headers of a SPDY stream")
        return try SPDYHeaders(block: block, limits: limits)
    }

    private func word(at place: Int) -> UInt32 { Self.word(buffer, at: place) }

    private static func word(_ bytes: [UInt8], at place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func wrong(_ thing: String) -> Fault { Fault(.corrupt, "\(thing) of SPDY is malformed") }
}
