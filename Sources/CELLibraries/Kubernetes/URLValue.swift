// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Web

/// A URL that an expression holds.
final class URLValue: OpaqueValue {
    static let type = CELType.opaque("kubernetes.URL")
    let url: URLReference

    init(_ url: URLReference) { self.url = url }

    var text: String { url.description }
    func isEqual(to other: any OpaqueValue) -> Bool { (other as? URLValue)?.url == url }
}
