// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Transfer

/// Reads a transfer's journal.
///
/// What has to hold, beyond not crashing and not running on: it does not matter in which pieces a journal comes, and
/// what is counted as whole ends with a line.
enum JournalTarget {
    static func run(_ bytes: [UInt8]) {
        let fingerprint = Digest(of: [])
        var (whole, pieces) = (JournalReader(fingerprint: fingerprint), JournalReader(fingerprint: fingerprint))
        whole.take(bytes[...])
        for start in stride(from: 0, to: bytes.count, by: 61) {
            pieces.take(bytes[start..<min(start + 61, bytes.count)])
        }
        precondition(whole.isWanted == pieces.isWanted && whole.whole == pieces.whole, "pieces make a difference")
        precondition(
            whole.whole == Int64((bytes.lastIndex(of: 0x0A) ?? -1) + 1), "the whole does not end with a line")
    }
}
