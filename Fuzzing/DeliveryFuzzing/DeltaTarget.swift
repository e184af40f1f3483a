// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Deltas

/// Applies deltas of the fuzzer: instructions behind a header that is right, or, when the first byte is odd, all of it. The
/// header speaks of bytes, or behind a multiple of four of the tokens of a gzip, of whose blocks the next byte says how
/// long they are.
///
/// What has to hold, beyond not crashing and not running on: no byte is read from outside the base, and what comes out
/// has the digest that was asked for.
public enum DeltaTarget {
    private static let base: [UInt8] = {
        // A gzip that stores what it holds, so that fuzzed copies from its tokens are tokens.
        let content: [UInt8] = (0..<972).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 1, 0xCC, 0x03, 0x33, 0xFC] + content + [0, 0, 0, 0, 0, 0, 0, 0]
    }()
    /// The size of its token form: two records of bytes, a block, an end, and literals, of which two values take two bytes.
    private static let tokens = 12 + 4 + 2 + 10 + base[15..<987].reduce(0) { $0 + ($1 | 1 == 0xF7 ? 2 : 1) }
    private static let size = 1500

    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 8192 else { return }
        var delta = Array(bytes.dropFirst())
        let digest = Digest(of: [1])
        if first.isMultiple(of: 2) {
            var (inside, gzip) = ("", "")
            if first.isMultiple(of: 4) {
                inside = #","tokensSize":\#(tokens)"#
                gzip = #""gzip":{"blocksSize":\#(delta.first ?? 0),"tokensSize":\#(size)},"#
                delta = Array(delta.dropFirst())
            }
            let header = Array(
                (#"{"bases":[{"digest":"\#(Digest(of: base))","size":\#(base.count)\#(inside)}],\#(gzip)"#
                    + #""target":{"digest":"\#(digest)","size":\#(size)}}"#).utf8)
            delta =
                Array("ocm-delta/1\n".utf8) + [0, 0, UInt8(header.count >> 8), UInt8(header.count & 0xFF)] + header
                + delta
        }
        let (done, input) = (Semaphore(), delta)
        Task {
            await apply(input, digest)
            done.signal()
        }
        done.wait()
    }

    private static func apply(_ delta: [UInt8], _ digest: Digest) async {
        var limits = DeltaLimits()
        (limits.size, limits.disk) = (1 << 20, 1 << 20)
        do {
            let stream = try await DeltaApplier(limits: limits).blob(digest, size: nil, from: ByteStream(delta)) {
                needed in
                DeltaBase(digest: needed.digest, size: needed.size) { offset, count in
                    precondition(offset >= 0 && count >= 0, "a place that is none")
                    precondition(offset + Int64(count) <= needed.size, "a copy from beyond the base")
                    let start = min(base.count, Int(offset))
                    return Array(base[start..<min(base.count, start + count)])
                }
            }
            let blob = try await stream.collect(limit: 1 << 20)
            precondition(Digest(of: blob) == digest, "a wrong blob came out")
        } catch {
            precondition(!"\(error)".isEmpty)
        }
    }
}
