// SPDX-License-Identifier: Apache-2.0

internal import ComponentModel

/// How specifications name an element of a descriptor: by all attributes of its identity, of which only the version may be
/// left out.
///
/// Having some attributes in common is not enough: what is `{architecture: amd64}` is not found without saying so.
enum IdentityRule {
    /// The first element that is named.
    static func first<Element: DescriptorElement>(_ wanted: [String: String], in elements: [Element]) -> Element? {
        elements.first { matches($0, wanted) }
    }

    static func matches(_ element: some DescriptorElement, _ wanted: [String: String]) -> Bool {
        var attributes = element.identity.attributes
        if wanted["version"] == nil { attributes["version"] = nil }
        return attributes == wanted
    }

    /// What was looked for and what there is, for messages.
    static func explain<Element: DescriptorElement>(
        _ wanted: [String: String], _ elements: [Element]
    ) -> (wanted: String, present: String) {
        let near = elements.filter { $0.name == wanted["name"] }
        let shown = (near.isEmpty ? elements : near).prefix(5).map { "\($0.identity)" }.joined(separator: "; ")
        return ("\(ElementIdentity(attributes: wanted))", shown.isEmpty ? "there is none" : "there are \(shown)")
    }
}
