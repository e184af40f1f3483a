// SPDX-License-Identifier: Apache-2.0

/// Where a component version is stored in an OCI registry, which is where its local blobs are.
public struct ComponentLocation: Hashable, Sendable {
    /// The component's name: `ocm.software/podinfo`.
    public let component: String
    /// The registry, with its scheme where it has one: `https://ghcr.io`.
    public let baseURL: String
    /// The path in the registry below which the repository is; empty for none.
    public let subPath: String

    /// A place.
    public init(component: String, baseURL: String, subPath: String = "") {
        (self.component, self.baseURL, self.subPath) = (component, baseURL, subPath)
    }

    /// The reference of the component version's artifact with this digest.
    func reference(digest: String) -> String {
        let parts = LooseReference.splitScheme(baseURL.utf8[...])
        let segments = [parts.map { String(Substring($0.1)) } ?? baseURL, subPath, "component-descriptors", component]
            .flatMap { $0.split(separator: "/") }
        return "\(parts.map { "\($0.0)://" } ?? "")\(segments.joined(separator: "/"))@\(digest)"
    }
}
