// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Names a request among all that this machine serves: in logs, and for the client when the settings say so.
public struct RequestID: Hashable, Sendable, CustomStringConvertible {
    private let number: UInt64

    private static let next = Atomic(UInt64.random(in: 0 ... .max))

    /// A new one. They begin somewhere by chance when a process starts and are counted from there.
    public init() { number = Self.next.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Sixteen hexadecimal digits.
    public var description: String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
