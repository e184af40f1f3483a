// SPDX-License-Identifier: Apache-2.0

public import Basics

extension DistinguishedName {
    /// Reads a name as people and the older tools write it: `K=V` separated by one of `/ ; , +`, in any order; a text that
    /// does not begin with `K=` is a common name.
    ///
    /// A separator counts only where another `K=` follows, so `CN=https://acme.org/team` is one attribute. A backslash
    /// takes the next character as it is. What `description` gives is read back to an equal name.
    /// Throws `.invalid` for an empty text and for an unknown attribute.
    public init(_ text: String) throws(Fault) {
        let fix =
            "write it as CN=name,O=organisation; the attributes are C, O, OU, L, ST, STREET, POSTALCODE, SN and CN"
        // Blanks at the end are left to the last value: one of them may be escaped.
        var rest = Substring(text).unicodeScalars.drop { $0.properties.isWhitespace }
        if let first = rest.first, Self.isSeparator(first) { rest.removeFirst() }
        guard !rest.isEmpty else { throw Fault(.invalid, "a distinguished name is empty", fix: fix) }
        guard Self.key(at: rest) != nil else {
            self.init([("CN", Substring(rest).trimmed)])
            return
        }
        var pairs: [(String, String)] = []
        while let (key, start) = Self.key(at: rest) {
            let name = key == "SN" ? "SERIALNUMBER" : key
            let isIdentifier = name.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
            guard Self.known.contains(name) || isIdentifier else {
                throw Fault(.invalid, "“\(key)” in “\(text.prefix(150))” is no attribute of a name", fix: fix)
            }
            rest = rest[start...]
            let value = Self.takeValue(&rest)
            guard !value.isEmpty else {
                throw Fault(.invalid, "“\(key)” in “\(text.prefix(150))” has no value", fix: fix)
            }
            pairs.append((name, isIdentifier ? value.lowercased() : value))
        }
        self.init(pairs)
    }

    private static let known: Set = ["C", "O", "OU", "L", "ST", "STREET", "POSTALCODE", "SERIALNUMBER", "CN"]

    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool { "/;,+".unicodeScalars.contains(scalar) }

    /// The key in upper case that a text begins with, and where its value starts; nil without one.
    private static func key(
        at text: Substring.UnicodeScalarView
    ) -> (key: String, start: Substring.UnicodeScalarView.Index)? {
        let trimmed = text.drop { $0 == " " }
        let key = trimmed.prefix {
            $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == ".")
        }
        let behind = trimmed[key.endIndex...].drop { $0 == " " }
        guard !key.isEmpty, behind.first == "=" else { return nil }
        return (String(Substring(key)).uppercased(), behind.index(after: behind.startIndex))
    }

    /// Takes a value and the separator behind it; blanks around it do not count unless escaped.
    private static func takeValue(_ text: inout Substring.UnicodeScalarView) -> String {
        var value = String.UnicodeScalarView()
        var end = value.endIndex
        while let scalar = text.popFirst() {
            if scalar == "\\", let escaped = text.popFirst() {
                value.append(escaped)
                end = value.endIndex
            } else if isSeparator(scalar), key(at: text) != nil {
                break
            } else if scalar != " " {
                value.append(scalar)
                end = value.endIndex
            } else if !value.isEmpty {
                value.append(scalar)
            }
        }
        return String(value[..<end])
    }
}
