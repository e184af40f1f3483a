// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import PackageRepositories
internal import Web

/// A file of a Maven repository, or all files of a version as one gzipped tar when neither `classifier` nor `extension` is
/// given.
struct MavenAccess: Sendable {
    let repository: HTTPURL
    let coordinates: MavenCoordinates
    let isWholeVersion: Bool
    let mediaType: String?
    let thing: String

    init(_ access: TypedSpecification, thing: String, role: String = "access") throws(Fault) {
        let fields = AccessFields(access, thing, role: role)
        repository = try HTTPURL(fields.required("repoUrl"))
        let (classifier, fileExtension) = (try fields.text("classifier"), try fields.text("extension"))
        coordinates = try MavenCoordinates(
            group: fields.required("groupId"), artifact: fields.required("artifactId"),
            version: fields.required("version"), classifier: classifier, fileExtension: fileExtension ?? "jar")
        isWholeVersion = classifier == nil && fileExtension == nil
        mediaType = try fields.text("mediaType")
        self.thing = thing
    }

    /// The access with the build that its snapshot names now; as it is when it names no snapshot.
    static func pinned(
        _ access: TypedSpecification, thing: String, _ connections: RepositoryConnections
    ) async throws -> TypedSpecification {
        let maven = try MavenAccess(access, thing: thing)
        guard maven.coordinates.isSnapshot else { return access }
        let pinned = try await MavenRepository(maven.repository, connections.packages).pinned(
            maven.coordinates, isWholeVersion: maven.isWholeVersion)
        var json = access.json
        json["version"] = .string(pinned.version)
        return try TypedSpecification(json)
    }

    func content(_ connections: RepositoryConnections) async throws -> BlobContent {
        let repository = MavenRepository(repository, connections.packages)
        guard isWholeVersion else {
            return BlobContent(
                mediaType: mediaType ?? coordinates.mediaType, try await repository.file(coordinates).content)
        }
        return BlobContent(mediaType: mediaType ?? "application/x-tgz", try await repository.archive(coordinates))
    }
}
