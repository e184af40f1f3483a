// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
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

    func content(_ connections: RepositoryConnections) async throws -> BlobContent {
        BlobContent(mediaType: "application/x-tgz", try await commit.content(connections.packages))
    }
}
