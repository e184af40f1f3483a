// SPDX-License-Identifier: Apache-2.0

public import Web

/// Who needs credentials: a type (`OCIRegistry`, `RSA/v1alpha1`, …) and attributes such as host name and path.
public struct ConsumerIdentity: Hashable, Sendable, CustomStringConvertible {
    /// All attributes, `type` among them.
    public let attributes: [String: String]

    /// Names a consumer.
    public init(_ attributes: [String: String]) { self.attributes = attributes }

    /// The consumer for a path in a registry.
    public init(registry origin: Origin, repository: String) {
        self.init([
            "type": "OCIRegistry", "hostname": origin.host, "port": String(origin.port), "scheme": origin.scheme,
            "path": repository,
        ])
    }

    /// The consumer for a download from a web server.
    public init(type: String, url: HTTPURL) {
        self.init([
            "type": type, "hostname": url.origin.host, "port": String(url.origin.port), "scheme": url.origin.scheme,
            "path": String(url.path.drop { $0 == "/" }),
        ])
    }

    /// `key=value` pairs, keys sorted; an identity holds no secret.
    public var description: String {
        attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}
