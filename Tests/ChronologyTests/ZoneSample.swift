// SPDX-License-Identifier: Apache-2.0

/// A TZif file written by hand, so that the reader can be tested without a database.
struct ZoneSample {
    var transitions: [(time: Int64, kind: UInt8)] = [(1_000, 1), (2_000, 0)]
    var offsets: [Int32] = [3600, 7200]
    var footer = "CET-1CEST,M3.5.0,M10.5.0/3"
    var version = UInt8(ascii: "2")
    var leaps: UInt32 = 0

    var bytes: [UInt8] {
        header(times: 0, kinds: 1) + [UInt8](repeating: 0, count: 6 + 4)
            + header(times: transitions.count, kinds: offsets.count)
            + transitions.flatMap { bigEndian($0.time) } + transitions.map(\.kind)
            + offsets.flatMap { bigEndian($0) + [0, 0] } + Array("CET\0".utf8)
            + [UInt8](repeating: 0, count: Int(leaps) * 12) + Array("\n\(footer)\n".utf8)
    }

    private func header(times: Int, kinds: Int) -> [UInt8] {
        Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
            + [0, 0, times == 0 ? 0 : leaps, UInt32(times), UInt32(kinds), 4].flatMap { bigEndian($0) }
    }

    private func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
