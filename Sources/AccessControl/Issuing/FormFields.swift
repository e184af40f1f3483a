// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Names and values of a query or a form (`application/x-www-form-urlencoded`). Never shown: forms hold passwords.
struct FormFields: Sendable, CustomStringConvertible, CustomReflectable {
    /// The most bytes of a query or a form.
    static let sizeLimit = 16 * 1024
    /// The most fields.
    static let countLimit = 128

    private let fields: [(name: String, value: String)]

    var description: String { "\(fields.count) fields" }
    var customMirror: Mirror { Mirror(self, children: ["count": fields.count]) }

    /// Nil for too much, for broken percent escapes and for what is no UTF-8.
    init?(_ text: some Collection<UInt8>) {
        guard text.count <= Self.sizeLimit else { return nil }
        var fields: [(String, String)] = []
        for part in text.split(separator: UInt8(ascii: "&")) {
            guard fields.count < Self.countLimit else { return nil }
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decode(pair[0]), let value = pair.count > 1 ? Self.decode(pair[1]) : "" else {
                return nil
            }
            fields.append((name, value))
        }
        self.fields = fields
    }

    /// All values of a name.
    func values(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// The value of a name that may be given once; nil when it is not there.
    func single(_ name: String) -> Single {
        let values = values(name)
        return values.count > 1 ? .repeated : values.first.map { .value($0) } ?? .missing
    }

    enum Single {
        case missing
        case value(String)
        case repeated
    }

    private static func decode(_ bytes: some Collection<UInt8>) -> String? {
        var decoded: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(0x20)
            case UInt8(ascii: "%"):
                guard rest.count >= 2, let value = [UInt8](hex: String(decoding: rest.prefix(2), as: UTF8.self)) else {
                    return nil
                }
                decoded += value
                rest = rest.dropFirst(2)
            default: decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
