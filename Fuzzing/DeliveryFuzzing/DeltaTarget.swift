// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Deltas

/// Applies deltas of the fuzzer: instructions behind a header that is right, or, when the first byte is odd, all of it.
///
/// What has to hold, beyond not crashing and not running on: no byte is read from outside the base, and what comes out
/// has the digest that was asked for.
public enum DeltaTarget {
    private static let base: [UInt8] = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    private static let size = 1500

    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 8192 else { return }
        var delta = Array(bytes.dropFirst())
        let digest = Digest(of: [1])
        if first.isMultiple(of: 2) {
            let header = Array(
                (#"{"bases":[{"digest":"\#(Digest(of: base))","size":\#(base.count)}],"#
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
