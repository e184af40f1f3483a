// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// Which objects are meant, by a few of their fields: `metadata.name=a,status.phase!=Running`.
public struct FieldSelector: Hashable, Sendable, CustomStringConvertible {
    /// One requirement.
    public struct Requirement: Hashable, Sendable {
        /// The field, with points between its parts.
        public let field: String
        /// What it is compared with; the empty text stands for a missing field as well.
        public let value: String
        /// Whether it must be the value, or must not.
        public let isEqual: Bool
    }

    /// All of them must hold.
    public let requirements: [Requirement]

    /// A selector of requirements.
    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// Every object.
    public static let everything = FieldSelector()

    /// The object of a name.
    public static func name(_ name: String) -> FieldSelector {
        FieldSelector([Requirement(field: "metadata.name", value: name, isEqual: true)])
    }

    /// Reads what stands in requests; a backslash takes the meaning from `\`, `,` and `=`. Throws `.invalid` for anything
    /// else, and `.limitExceeded` for more than 64 KiB.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= LabelSelector.longestText else {
            throw Fault(.limitExceeded, "the field selector has \(text.utf8.count) bytes")
        }
        var requirements: [Requirement] = []
        for term in try Self.terms(Array(text.utf8)) where !term.isEmpty { requirements.append(try Self.read(term)) }
        self.requirements = requirements
    }

    /// The field's name of each requirement must be one that objects can be selected by; the first that is not.
    public func unsupportedField(among fields: Set<String>) -> String? {
        requirements.first { !fields.contains($0.field) }?.field
    }

    /// The value that a field must have; nil when any will do.
    public func required(_ field: String) -> String? {
        requirements.first { $0.isEqual && $0.field == field }?.value
    }

    /// Whether an object is meant.
    public func matches(_ object: KubernetesObject) -> Bool {
        requirements.allSatisfy { (Self.text(of: $0.field, in: object) == $0.value) == $0.isEqual }
    }

    /// As it is written in requests.
    public var description: String {
        requirements.map { "\($0.field)\($0.isEqual ? "=" : "!=")\(Self.escaped($0.value))" }.joined(separator: ",")
    }

    /// The text of a field; empty when it is missing.
    private static func text(of field: String, in object: KubernetesObject) -> String {
        var value: JSON? = object.json
        for part in field.split(separator: ".") { value = value?[String(part)] }
        return switch value {
        case .string(let text): text
        case .bool(let value): value ? "true" : "false"
        case .number(let number): number.text
        default: ""
        }
    }

    private static func escaped(_ value: String) -> String {
        var bytes: [UInt8] = []
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\\") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "=") {
                bytes.append(UInt8(ascii: "\\"))
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Cuts at commas that mean something.
    private static func terms(_ bytes: [UInt8]) throws(Fault) -> [ArraySlice<UInt8>] {
        var terms: [ArraySlice<UInt8>] = []
        var (start, place) = (0, 0)
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\\") {
                place += 2
            } else {
                if bytes[place] == UInt8(ascii: ",") {
                    terms.append(bytes[start..<place])
                    start = place + 1
                }
                place += 1
            }
        }
        guard place == bytes.count else { throw Fault(.invalid, "the field selector ends with a backslash") }
        return terms + [bytes[start...]]
    }

    private static func read(_ term: ArraySlice<UInt8>) throws(Fault) -> Requirement {
        let sign = UInt8(ascii: "=")
        guard let equals = term.firstIndex(of: sign), equals > term.startIndex else {
            throw Fault(
                .invalid, "“\(String(decoding: term.prefix(100), as: UTF8.self))” is no field selector",
                fix: "write it as field=value or field!=value")
        }
        let isEqual = term[equals - 1] != UInt8(ascii: "!")
        var value = term[(equals + 1)...]
        if isEqual, value.first == sign { value = value.dropFirst() }
        let name = term[..<(isEqual ? equals : equals - 1)]
        var plain: [UInt8] = []
        var isEscaped = false
        for byte in value {
            if !isEscaped, byte == sign {
                throw Fault(
                    .invalid, "the field selector has an = that nothing takes the meaning from", fix: "write \\=")
            }
            guard isEscaped || byte != UInt8(ascii: "\\") else {
                isEscaped = true
                continue
            }
            guard !isEscaped || byte == sign || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\\") else {
                throw Fault(.invalid, "the field selector has a backslash before what needs none")
            }
            plain.append(byte)
            isEscaped = false
        }
        guard !name.isEmpty else { throw Fault(.invalid, "the field selector names no field") }
        return Requirement(
            field: String(decoding: name, as: UTF8.self), value: String(decoding: plain, as: UTF8.self),
            isEqual: isEqual)
    }
}
