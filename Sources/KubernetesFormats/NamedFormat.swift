// SPDX-License-Identifier: Apache-2.0

internal import Web

/// The formats that Kubernetes' CEL knows by name; the raw values are those names.
public enum NamedFormat: String, CaseIterable, Sendable {
    /// A label of a host name (RFC 1123): lower case, 63 characters at most.
    case dns1123Label
    /// Such labels with dots between them, 253 characters at most.
    case dns1123Subdomain
    /// A label that starts with a letter (RFC 1035).
    case dns1035Label
    /// A name of 63 characters at most with an optional subdomain and slash before it: keys of labels.
    case qualifiedName
    /// A value of a label: empty, or 63 characters at most.
    case labelValue
    /// What generated labels start with; a dash at the end is fine.
    case dns1123LabelPrefix
    /// What generated subdomains start with; a dash at the end is fine.
    case dns1123SubdomainPrefix
    /// What generated labels of RFC 1035 start with; a dash at the end is fine.
    case dns1035LabelPrefix
    /// An absolute URI or an absolute path.
    case uri
    /// 32 hexadecimal digits with or without dashes in the usual places.
    case uuid
    /// Bytes in base64 with padding; not empty.
    case byte
    /// A date of RFC 3339.
    case date
    /// A date and a time with an offset; capitals do not matter.
    case datetime

    /// What is wrong with a text, in the words of Kubernetes where it has some; empty when nothing is.
    public func validate(_ text: String) -> [String] {
        switch self {
        case .dns1123Label: NameRule.label.problems(text, unit: "characters")
        case .dns1123Subdomain: NameRule.subdomain.problems(text, unit: "characters")
        case .dns1035Label: NameRule.letterLabel.problems(text, unit: "characters")
        case .dns1123LabelPrefix: NameRule.label.problems(withoutFinalDash(text), unit: "characters")
        case .dns1123SubdomainPrefix: NameRule.subdomain.problems(withoutFinalDash(text), unit: "characters")
        case .dns1035LabelPrefix: NameRule.letterLabel.problems(withoutFinalDash(text), unit: "characters")
        case .qualifiedName: qualifiedNameProblems(text)
        case .labelValue: NameRule.labelValue.problems(text, unit: "bytes")
        case .uri: URLReference.isRequestURI(text) ? [] : ["must be an absolute URI or an absolute path"]
        case .uuid: isUUID(Array(text.utf8)) ? [] : ["does not match the UUID format"]
        case .byte: isBase64(Array(text.utf8)) ? [] : ["invalid base64"]
        case .date: isDate(Array(text.utf8)[...]) ? [] : ["invalid date"]
        case .datetime: isDateTime(Array(text.utf8)[...]) ? [] : ["invalid datetime"]
        }
    }
}

/// A dash at the end becomes a letter together with what stands before it: Kubernetes takes both off and adds an `a`.
private func withoutFinalDash(_ text: String) -> String {
    guard text.utf8.count > 1, text.utf8.last == UInt8(ascii: "-") else { return text }
    return String(decoding: text.utf8.dropLast(2), as: UTF8.self) + "a"
}
