// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import PackageRepositories
internal import Web

/// A version of a package in an npm registry, as its packed file.
struct NPMAccess: Sendable {
    let registry: HTTPURL
    let package: NPMPackage

    init(_ access: TypedSpecification, thing: String, role: String = "access") throws(Fault) {
        let fields = AccessFields(access, thing, role: role)
        registry = try HTTPURL(fields.required("registry"))
        package = try NPMPackage(name: fields.required("package"), version: fields.required("version"))
    }

    func content(_ connections: RepositoryConnections) async throws -> BlobContent {
        let file = try await NPMRegistry(registry, connections.packages).file(package)
        return BlobContent(mediaType: "application/x-tgz", file.content)
    }
}
