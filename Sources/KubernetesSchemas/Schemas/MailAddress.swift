// SPDX-License-Identifier: Apache-2.0

/// Addresses of RFC 5322 as Go's `net/mail` reads them: `a@b.example`, `"A. B" <a@b.example>`.
enum MailAddress {
    /// Whether a text is one address.
    static func isOne(_ text: String) -> Bool {
        guard text.utf8.count <= 1000 else { return false }
        let trimmed = Array(text.trimmed.unicodeScalars)
        guard trimmed.last == ">" else { return isPlain(trimmed[...]) }
        guard let open = trimmed.lastIndex(of: "<"), isPhrase(trimmed[..<open]) else { return false }
        return isPlain(trimmed[(open + 1)...].dropLast())
    }

    private static func isPlain(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let at = text.lastIndex(of: "@") else { return false }
        let (local, domain) = (text[..<at], text[(at + 1)...])
        return (isQuoted(local) || isDotted(local)) && (isDotted(domain) || isLiteral(domain))
    }

    /// A display name: words and quoted texts.
    private static func isPhrase(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        let words = text.split(separator: " ")
        let joined = ArraySlice(String(String.UnicodeScalarView(text)).trimmed.unicodeScalars)
        return isQuoted(joined) || words.allSatisfy { $0.allSatisfy { isAtom($0) || $0 == "." } }
    }

    private static func isDotted(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false)
            .allSatisfy { !$0.isEmpty && $0.allSatisfy(isAtom) }
    }

    private static func isQuoted(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return false }
        var isEscaped = false
        for scalar in text.dropFirst().dropLast() {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "\"" || scalar.value < 0x20 && scalar != "\t" {
                return false
            }
        }
        return !isEscaped
    }

    private static func isLiteral(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard text.count > 2, text.first == "[", text.last == "]" else { return false }
        return text.dropFirst().dropLast().allSatisfy {
            (0x21...0x7E).contains($0.value) && !"[]\\".unicodeScalars.contains($0)
        }
    }

    private static func isAtom(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isASCII || ("0"..."9").contains(scalar) || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
    }
}
