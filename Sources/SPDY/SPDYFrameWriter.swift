// SPDX-License-Identifier: Apache-2.0

internal import Archives
public import Basics

/// Writes frames, one behind the other: their headers are compressed with what was before.
///
/// Who knows a secret must not write it into headers beside texts that others choose, whose compressed sizes would tell it.
public struct SPDYFrameWriter {
    private let compressor: BlockCompressor

    /// A writer at the beginning of a connection.
    public init() throws(Fault) { compressor = try BlockCompressor(dictionary: SPDYDictionary.bytes) }

    /// The bytes of the next frame; a data frame has less than 16 MiB.
    public func encoded(_ frame: SPDYFrame) throws(Fault) -> [UInt8] {
        func control(_ kind: UInt16, _ flags: UInt8 = 0, _ payload: [UInt8]) -> [UInt8] {
            SPDYFrame.word(0x8003_0000 | UInt32(kind)) + SPDYFrame.word(UInt32(flags) << 24 | UInt32(payload.count))
                + payload
        }
        func flag(_ isLast: Bool) -> UInt8 { isLast ? SPDYFrame.lastFlag : 0 }
        switch frame {
        case .data(let stream, let bytes, let isLast):
            precondition(bytes.count <= 0xFF_FFFF, "a data frame is no larger than its length can say")
            return SPDYFrame.word(stream) + SPDYFrame.word(UInt32(flag(isLast)) << 24 | UInt32(bytes.count)) + bytes
        case .open(let stream, let headers, let isLast, let isOneWay):
            // Belongs to no other stream; priority and slot are 0.
            return control(
                SPDYFrame.Kind.open, flag(isLast) | (isOneWay ? SPDYFrame.oneWayFlag : 0),
                SPDYFrame.word(stream) + SPDYFrame.word(0) + [0, 0] + (try compressor.compressed(headers.block)))
        case .reply(let stream, let headers, let isLast):
            return control(
                SPDYFrame.Kind.reply, flag(isLast),
                SPDYFrame.word(stream) + (try compressor.compressed(headers.block)))
        case .headers(let stream, let headers, let isLast):
            return control(
                SPDYFrame.Kind.headers, flag(isLast),
                SPDYFrame.word(stream) + (try compressor.compressed(headers.block)))
        case .reset(let stream, let status):
            return control(SPDYFrame.Kind.reset, 0, SPDYFrame.word(stream) + SPDYFrame.word(status.rawValue))
        case .settings(let settings):
            return control(
                SPDYFrame.Kind.settings, 0,
                SPDYFrame.word(UInt32(settings.count))
                    + settings.flatMap { SPDYFrame.word($0.id & 0xFF_FFFF) + SPDYFrame.word($0.value) })
        case .ping(let id): return control(SPDYFrame.Kind.ping, 0, SPDYFrame.word(id))
        case .goAway(let last, let status):
            return control(SPDYFrame.Kind.goAway, 0, SPDYFrame.word(last) + SPDYFrame.word(status))
        case .window(let stream, let delta):
            return control(SPDYFrame.Kind.window, 0, SPDYFrame.word(stream) + SPDYFrame.word(delta))
        case .other(let kind): return control(kind, 0, [])
        }
    }
}
