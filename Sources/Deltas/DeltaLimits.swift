// SPDX-License-Identifier: Apache-2.0

/// How much a delta from outside may ask for; what exceeds a limit is refused with `.limitExceeded`.
public struct DeltaLimits: Sendable {
    /// The most bytes of the blob that is rebuilt, of what is inside it, and of each base.
    public var size: Int64 = 1 << 40
    /// The most bases.
    public var bases = 64
    /// The most bytes of the header.
    public var header = 64 * 1024
    /// The most bytes of disk for bases that have to be expanded.
    public var disk: Int64 = 64 << 30

    /// The limits above.
    public init() {}
    /// The limits above.
    public static let standard = DeltaLimits()

    /// The most bytes that one instruction inserts; part of the format.
    static let insert = 1 << 20
}
