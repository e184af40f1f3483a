// SPDX-License-Identifier: Apache-2.0

public import Basics

/// What a run of transfers may take; nil where nobody said.
public struct TransferLimits: Sendable {
    /// The most memory of the process.
    public var memory: ByteCount?
    /// The most bytes of temporary files at any moment.
    public var disk: ByteCount?
    /// The most bytes that may pass in a second, over all contents together.
    public var rate: ByteRate?
    /// How many contents move at once.
    public var jobs: Int?

    /// Limits.
    public init(memory: ByteCount? = nil, disk: ByteCount? = nil, rate: ByteRate? = nil, jobs: Int? = nil) {
        (self.memory, self.disk, self.rate, self.jobs) = (memory, disk, rate, jobs)
    }
}

/// Bytes in a second: `10MiB/s`.
public struct ByteRate: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes in a second; at least one.
    public let bytesPerSecond: Int64
    /// A number of bytes with `/s`.
    public var description: String { "\(ByteCount(bytesPerSecond))/s" }

    /// A rate; less than one byte in a second is one.
    public init(bytesPerSecond: Int64) { self.bytesPerSecond = max(1, bytesPerSecond) }

    /// Parses `10MiB/s`, `500kB/s`, `1GiB`; nil when the text is none of these, or nothing could ever pass.
    public init?(parsing text: String) {
        let size = text.lowercased().hasSuffix("/s") ? String(text.dropLast(2)) : text
        guard let count = ByteCount(parsing: size), count.bytes > 0 else { return nil }
        self.init(bytesPerSecond: count.bytes)
    }
}
