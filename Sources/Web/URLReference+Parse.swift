// SPDX-License-Identifier: Apache-2.0

extension URLReference {
    /// Parses an absolute URI or an absolute path, with an optional fragment, as the `url()` of Kubernetes' CEL does.
    ///
    /// Nil for control characters, broken percent escapes, hosts that are none, and relative references.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        // Kubernetes parses twice: as a request's target, which knows no fragment, and then as a reference.
        let mark = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
        guard URLParts(bytes[...], isRequestTarget: true) != nil,
            let parts = URLParts(bytes[..<mark], isRequestTarget: false),
            let fragment = URLPart.fragment.unescape(bytes[mark...].dropFirst())
        else { return nil }
        let escapedFragment = URLPart.fragment.normalized(bytes[mark...].dropFirst(), decoded: fragment)
        self.init(
            scheme: parts.scheme, opaque: decodedText(parts.opaque), host: decodedText(parts.host),
            escapedPath: decodedText(parts.path), rawQuery: decodedText(parts.query),
            description: decodedText(parts.text + (fragment.isEmpty ? [] : [UInt8(ascii: "#")] + escapedFragment)))
    }

    /// Whether Go's `url.ParseRequestURI` accepts a text; `#` has no meaning there.
    public static func isRequestURI(_ text: String) -> Bool {
        URLParts(Array(text.utf8)[...], isRequestTarget: true) != nil
    }
}
