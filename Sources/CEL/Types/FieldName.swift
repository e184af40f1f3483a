// SPDX-License-Identifier: Apache-2.0

/// How Kubernetes spells names of properties that are no names of the language; `apiserver/pkg/cel`, `Escape`.
enum FieldName {
    /// `__dot__`, `__dash__`, `__slash__` and `__underscores__` for what a name cannot hold, `__if__` for a word that
    /// the language keeps; nil for a name that needs no escape, or that has characters for which there is none.
    static func escaped(_ name: String) -> String? {
        if Words.kind(of: name) != .identifier { return "__\(name)__" }
        guard let first = name.utf8.first, first.isNameStart || separators[first] != nil else { return nil }
        var result = "", isEscaped = false, rest = Array(name.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "_"), rest.first == byte {
                rest.removeFirst()
                result += "__underscores__"
                isEscaped = true
            } else if let escape = separators[byte] {
                result += escape
                isEscaped = true
            } else if byte.isNamePart {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                return nil
            }
        }
        return isEscaped ? result : nil
    }

    private static let separators: [UInt8: String] = [
        UInt8(ascii: "."): "__dot__", UInt8(ascii: "-"): "__dash__", UInt8(ascii: "/"): "__slash__",
    ]
}
