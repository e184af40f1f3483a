// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics

@testable internal import SPDY

/// Reads frames of SPDY: the bytes of a connection, or, when the first byte is odd, a header block that is compressed first.
///
/// What has to hold, beyond not crashing and not taking much memory: however the bytes are cut, the frames are the same, and
/// what was read is read again when it was written.
public enum FrameTarget {
    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 65_536 else { return }
        var wire = Array(bytes.dropFirst())
        if first & 1 == 1 {
            guard let packed = try? BlockCompressor(dictionary: SPDYDictionary.bytes).compressed(wire) else { return }
            wire = SPDYFrame.word(0x8003_0002) + SPDYFrame.word(UInt32(4 + packed.count)) + SPDYFrame.word(1) + packed
        }
        let (frames, isWhole) = read(wire, pieces: .max)
        let other = read(wire, pieces: Int(first) + 1)
        precondition(other.frames == frames && other.isWhole == isWhole, "cut otherwise, other frames")
        guard let writer = try? SPDYFrameWriter() else { return }
        var written: [UInt8] = []
        for frame in frames {
            guard let bytes = try? writer.encoded(frame) else { preconditionFailure("a frame that cannot be written") }
            written += bytes
        }
        var limits = SPDYLimits()
        // Compressed by another hand, the same may be a little longer.
        limits.controlFrame *= 2
        precondition(read(written, pieces: .max, limits) == (frames, true), "written, another frame")
    }

    /// The frames, with the pieces of data put together, up to what is no frame; and whether all was read.
    private static func read(
        _ bytes: [UInt8], pieces: Int, _ limits: SPDYLimits = SPDYLimits()
    ) -> (frames: [SPDYFrame], isWhole: Bool) {
        guard var reader = try? SPDYFrameReader(limits) else { return ([], false) }
        var (frames, rest, isInside) = ([SPDYFrame](), bytes[...], false)
        do {
            while !rest.isEmpty {
                reader.add(rest.prefix(pieces))
                rest = rest.dropFirst(pieces)
                while let frame = try reader.next() {
                    if isInside, case .data(let stream, let more, let isLast) = frame,
                        case .data(stream, let bytes, false)? = frames.last
                    {
                        frames[frames.count - 1] = .data(stream: stream, bytes + more, isLast: isLast)
                    } else {
                        frames.append(frame)
                    }
                    isInside = reader.isInsideData
                }
            }
        } catch { return (frames, false) }
        return (frames, reader.isBetweenFrames)
    }
}
