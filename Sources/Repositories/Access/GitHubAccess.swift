// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import PackageRepositories

/// The files of a commit on GitHub, as the gzipped tar that GitHub makes.
struct GitHubAccess: Sendable {
    let commit: GitHubCommit

    init(_ access: TypedSpecification, thing: String) throws(Fault) {
        let fields = AccessFields(access, thing)
        commit = try GitHubCommit(
            repository: fields.required("repoUrl"), commit: fields.text("commit"), reference: fields.text("ref"),
            apiHost: fields.text("apiHostname"))
    }

    /// The access with the commit that its branch or tag names now; as it is when it names a commit.
    static func pinned(
        _ access: TypedSpecification, thing: String, _ connections: RepositoryConnections
    ) async throws -> TypedSpecification {
        let commit = try GitHubAccess(access, thing: thing).commit
        var json = access.json
        guard json["commit"]?.string?.isEmpty ?? true else { return access }
        json["commit"] = .string(try await commit.resolved(connections.packages))
        return try TypedSpecification(json)
    }

    func content(_ connections: RepositoryConnections) async throws -> BlobContent {
        BlobContent(mediaType: "application/x-tgz", try await commit.content(connections.packages))
    }
}
