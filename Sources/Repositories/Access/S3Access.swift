// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import PackageRepositories
internal import Web

/// An object in a bucket of S3 or of a service that speaks its protocol. The field names of all versions of the access
/// are read.
struct S3Access: Sendable {
    let location: S3Location
    let mediaType: String?

    init(_ access: TypedSpecification, thing: String) throws(Fault) {
        let fields = AccessFields(access, thing)
        mediaType = try fields.text("mediaType")
        location = try S3Location(
            bucket: fields.required("bucketName", "bucket"), key: fields.required("objectKey", "key", "objectName"),
            version: fields.text("version"), region: fields.text("region"),
            endpoint: fields.text("endpoint").map { text throws(Fault) in
                try HTTPURL(text.contains("://") ? text : "https://\(text)")
            }, usesPathStyle: fields.flag("usePathStyle"))
    }

    func content(_ connections: RepositoryConnections) async throws -> BlobContent {
        let client = S3Client(connections.packages)
        guard let information = try await client.information(location) else {
            throw Fault(.notFound, "\(location) does not exist", fix: "check bucket, key, version and endpoint")
        }
        let location = location
        return BlobContent(
            mediaType: mediaType ?? information.mediaType ?? "application/octet-stream", size: information.size
        ) { try await client.open(location) }
    }
}
