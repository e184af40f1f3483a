// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import OCI
public import Repositories

extension TransferPlan {
    /// The plan with the bytes that the archives would leave out for a receiver.
    public func leavingOut(_ assumed: AssumedBlobs) async throws -> TransferPlan {
        var plans: [TargetPlan] = []
        for target in targets {
            var versions: [PlannedVersion] = []
            for version in target.versions {
                var contents = version.contents
                for index in contents.indices {
                    contents[index].bytesLeftOut = try await contents[index].leftOut(assumed).reduce(0) { $0 + $1.size }
                }
                versions.append(
                    PlannedVersion(
                        version: version.version, repository: version.repository, action: version.action,
                        contents: contents))
            }
            plans.append(
                TargetPlan(
                    repository: target.repository, versions: versions, failure: target.failure, survey: target.survey))
        }
        return TransferPlan(source: source, verdicts: verdicts, targets: plans)
    }

    /// How many blobs, and how many bytes, the archives of this plan would leave out; each digest counts once.
    public func leftOut(_ assumed: AssumedBlobs) async throws -> (blobs: Int, bytes: Int64) {
        var sizes: [Digest: Int64] = [:]
        for content in targets.flatMap(\.versions).flatMap(\.contents) {
            for blob in try await content.leftOut(assumed) { sizes[blob.digest] = blob.size }
        }
        return (sizes.count, sizes.values.reduce(0, &+))
    }
}

extension PlannedContent {
    /// The blobs of the content that a receiver is taken to have. Manifests always travel.
    fileprivate func leftOut(_ assumed: AssumedBlobs) async throws -> [(digest: Digest, size: Int64)] {
        switch content {
        case .blob(let blob):
            guard let digest = try digest, let size = blob.size ?? bytes, assumed.contains(digest, size: size) else {
                return []
            }
            return [(digest, size)]
        case .artifact(let artifact):
            return try await artifact.nodes().filter { node in
                node.manifest == nil && assumed.contains(node.descriptor.digest, size: node.descriptor.size)
            }.map { ($0.descriptor.digest, $0.descriptor.size) }
        }
    }

    /// The digest of its bytes, if it is known before they are read.
    var digest: Digest? {
        get throws {
            if let digest = content.digest { return digest }
            guard let expected, !expected.isArtifactDigest else { return nil }
            return try expected.digest()
        }
    }
}
