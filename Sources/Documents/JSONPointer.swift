// SPDX-License-Identifier: Apache-2.0

/// The path to a value inside a document (RFC 6901).
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// Keys and indexes from the root.
    public var parts: [String]
    /// A path; without parts it is the root.
    public init(_ parts: [String] = []) { self.parts = parts }
    /// The path to a member.
    public func appending(_ key: String) -> JSONPointer { JSONPointer(parts + [key]) }
    /// The path to an element.
    public func appending(_ index: Int) -> JSONPointer { JSONPointer(parts + [String(index)]) }
    /// The text form, `/a/0/b~1c`.
    public var description: String {
        var text = ""
        for part in parts {
            text += "/"
            for scalar in part.unicodeScalars {
                text += scalar == "~" ? "~0" : scalar == "/" ? "~1" : String(scalar)
            }
        }
        return text
    }
}
