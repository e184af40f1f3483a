// SPDX-License-Identifier: Apache-2.0

/// A form of names in Kubernetes, with its messages; each quotes the regular expression that users know it by.
struct NameRule {
    let longest: Int
    let matches: @Sendable (ArraySlice<UInt8>) -> Bool
    let complaint: String
    /// What is said instead of a subdomain, which would be right without its dots.
    var complaintOfDots: String?

    /// What is wrong with a name.
    ///
    /// - Parameter unit: what Kubernetes counts; its two packages disagree about the word.
    func problems(_ text: String, unit: String) -> [String] {
        let bytes = Array(text.utf8)[...]
        var problems = bytes.count > longest ? ["must be no more than \(longest) \(unit)"] : []
        if !matches(bytes) {
            let ofDots = Self.subdomain.matches(bytes) ? complaintOfDots : nil
            problems.append(ofDots ?? complaint)
        }
        return problems
    }

    static let label = NameRule(
        longest: 63, matches: { isRun($0, edge: isLowerOrDigit, inside: "-") },
        complaint:
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
            + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
        complaintOfDots: "must not contain dots")

    static let subdomain = NameRule(
        longest: 253,
        matches: { text in
            text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy { isRun($0, edge: isLowerOrDigit, inside: "-") }
        },
        complaint: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
            + "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")

    static let letterLabel = NameRule(
        longest: 63,
        matches: { isRun($0, edge: isLowerOrDigit, inside: "-") && !($0.first.map(isDigit) ?? true) },
        complaint:
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
            + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
            + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')")

    static let labelValue = NameRule(
        longest: 63, matches: { $0.isEmpty || isRun($0, edge: isAlphanumeric, inside: "-_.") },
        complaint:
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
            + "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used "
            + "for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")

    static let labelKey = NameRule(
        longest: 63, matches: { isRun($0, edge: isAlphanumeric, inside: "-_.") },
        complaint:
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
            + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
            + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")
}

/// What is wrong with the key of a label: `name` or `subdomain/name`.
func qualifiedNameProblems(_ text: String) -> [String] {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .map { String(decoding: $0, as: UTF8.self) }
    guard let name = parts.last, parts.count <= 2 else {
        return [
            "a valid label key \(NameRule.labelKey.complaint) with an optional DNS subdomain prefix and '/' "
                + "(e.g. 'example.com/MyName')"
        ]
    }
    var problems: [String] = []
    if parts.count == 2 {
        problems = parts[0].isEmpty ? ["must be non-empty"] : NameRule.subdomain.problems(parts[0], unit: "bytes")
        problems = problems.map { "prefix part \($0)" }
    }
    if name.isEmpty { problems.append("name part must be non-empty") }
    return problems + NameRule.labelKey.problems(name, unit: "bytes").map { "name part \($0)" }
}

/// Whether a text is not empty, starts and ends with one kind of characters, and has only these and some more inside.
private func isRun(_ text: ArraySlice<UInt8>, edge: (UInt8) -> Bool, inside: String) -> Bool {
    guard let first = text.first, let last = text.last, edge(first), edge(last) else { return false }
    return text.allSatisfy { edge($0) || inside.utf8.contains($0) }
}

private func isLowerOrDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7A).contains(byte) }

private func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) }
