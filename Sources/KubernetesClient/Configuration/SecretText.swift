// SPDX-License-Identifier: Apache-2.0

/// A text that no description and no dump shows.
public struct SecretText: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The text itself: to be sent, never to be logged.
    public let value: String

    /// Hides a text.
    public init(_ value: String) { self.value = value }
    /// Hides a text.
    public init(stringLiteral value: String) { self.value = value }
}

extension SecretText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Says that there is something.
    public var description: String { "(hidden)" }
    /// Says that there is something.
    public var debugDescription: String { "(hidden)" }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: ["secret": "(hidden)"]) }
}
