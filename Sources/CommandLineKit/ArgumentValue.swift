// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// A type that a word on the command line can be turned into.
///
/// An enum of strings that lists its cases gets everything from the extension below.
public protocol ArgumentValue: Sendable {
    /// Reads the word; throws a `Fault` that says what is wrong with it and what would be right.
    init(argument: String) throws
    /// The words a shell may offer; empty when there are too many to list.
    static var allCompletions: [String] { get }
    /// How help names a value, in capitals; empty means: after the property.
    static var defaultValueName: String { get }
    /// The word that gives this value; shown as the default in help.
    var argumentText: String { get }
}

extension ArgumentValue {
    /// Nothing to offer.
    public static var allCompletions: [String] { [] }
    /// The name of the type in capitals: `ArchiveFormat` is `ARCHIVE-FORMAT`.
    public static var defaultValueName: String { kebabCase("\(Self.self)").uppercased() }
}

extension ArgumentValue where Self: RawRepresentable, Self.RawValue == String {
    /// The raw value.
    public var argumentText: String { rawValue }
}

extension ArgumentValue where Self: RawRepresentable & CaseIterable, Self.RawValue == String {
    /// Accepts exactly the raw values.
    public init(argument: String) throws {
        guard let value = Self(rawValue: argument) else {
            let words = Self.allCases.map(\.rawValue)
            let near = Spelling.nearest(to: argument, among: words).map { "did you mean \($0)? " } ?? ""
            throw UsageError(
                "“\(argument)” is not known here", fix: "\(near)use one of \(words.joined(separator: ", "))")
        }
        self = value
    }
    /// The raw values.
    public static var allCompletions: [String] { allCases.map(\.rawValue) }
}

extension String: ArgumentValue {
    /// Any word.
    public init(argument: String) { self = argument }
    /// Named after the property.
    public static var defaultValueName: String { "" }
    /// The text itself.
    public var argumentText: String { self }
}

extension Int: ArgumentValue {
    /// Accepts decimal digits, with a sign.
    public init(argument: String) throws {
        guard let value = Int(argument) else {
            throw UsageError("“\(argument)” is no whole number", fix: "write digits, such as 4")
        }
        self = value
    }
    /// `N`.
    public static var defaultValueName: String { "N" }
    /// Decimal digits.
    public var argumentText: String { description }
}

/// `caCert` → `ca-cert`, `baseURL` → `base-url`.
func kebabCase(_ name: String) -> String {
    var text = ""
    let letters = Array(name)
    for (index, letter) in letters.enumerated() {
        let followsLower = index > 0 && !letters[index - 1].isUppercase
        let endsCapitals = index > 0 && index + 1 < letters.count && letters[index + 1].isLowercase
        if letter.isUppercase, index > 0, followsLower || endsCapitals { text += "-" }
        text += letter.lowercased()
    }
    return text
}
