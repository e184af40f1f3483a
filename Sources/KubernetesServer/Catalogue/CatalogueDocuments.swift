// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Kubernetes

/// The documents that tell clients what is served: discovery and OpenAPI. Each is made once, when it is asked for first.
final class CatalogueDocuments: Sendable {
    /// A document with the digest of its bytes.
    struct Document: Sendable {
        let bytes: [UInt8]
        /// Changes with the content; quoted, as in `ETag`.
        let tag: String
    }
    private let groups: [ServedGroup]
    private let made = Guarded<[String: Document]>([:])

    /// The document of OpenAPI 2.
    let swagger: SwaggerDocuments

    init(_ groups: [ServedGroup]) { (self.groups, swagger) = (groups, SwaggerDocuments(groups)) }

    private func document(_ name: String, _ make: () -> JSON?) -> Document? {
        if let known = made.withLock({ $0[name] }) { return known }
        guard let json = make() else { return nil }
        let bytes = json.encoded()
        let document = Document(bytes: bytes, tag: "\"\(Digest(of: bytes).hex.uppercased())\"")
        made.withLock { $0[name] = document }
        return document
    }

    /// `APIVersions`, at `/api`.
    func coreVersions(address: String) -> Document? {
        document("core \(address)") {
            DiscoveryDocument.coreVersions(groups.filter { $0.name.isEmpty }, address: address)
        }
    }

    /// `APIGroupList`, at `/apis`.
    func groupList() -> Document? {
        document("groups") { DiscoveryDocument.groupList(groups.filter { !$0.name.isEmpty }) }
    }

    /// `APIGroup`, at `/apis/GROUP`.
    func group(_ name: String) -> Document? {
        document("group \(name)") {
            groups.first { $0.name == name && !name.isEmpty }.map { DiscoveryDocument.group($0, isDocument: true) }
        }
    }

    /// `APIResourceList`, at `/api/v1` and `/apis/GROUP/VERSION`.
    func resources(_ groupVersion: GroupVersion) -> Document? {
        document("resources \(groupVersion)") { version(groupVersion).map(DiscoveryDocument.resources) }
    }

    /// `APIGroupDiscoveryList`, at `/api` and `/apis`.
    /// - Parameter version: `v2` or `v2beta1`.
    func aggregated(isCore: Bool, version: String) -> Document? {
        document("aggregated \(isCore) \(version)") {
            DiscoveryDocument.aggregated(groups.filter { $0.name.isEmpty == isCore }, version: version)
        }
    }

    /// The list of OpenAPI documents, at `/openapi/v3`.
    func openAPIPaths() -> Document? {
        document("openapi") {
            var paths = JSONObject()
            for version in groups.flatMap(\.versions) {
                let path = String(version.groupVersion.path.dropFirst())
                guard let document = openAPI(version.groupVersion) else { continue }
                let hash = document.tag.dropFirst().dropLast()
                paths[path] = ["serverRelativeURL": .string("/openapi/v3/\(path)?hash=\(hash)")]
            }
            return ["paths": .object(paths)]
        }
    }

    /// The OpenAPI document of a version, at `/openapi/v3/apis/GROUP/VERSION`.
    func openAPI(_ groupVersion: GroupVersion) -> Document? {
        document("openapi \(groupVersion)") { version(groupVersion).map(ServedOpenAPI.document) }
    }

    private func version(_ groupVersion: GroupVersion) -> ServedGroup.Version? {
        groups.first { $0.name == groupVersion.group }?.versions.first { $0.groupVersion == groupVersion }
    }
}
