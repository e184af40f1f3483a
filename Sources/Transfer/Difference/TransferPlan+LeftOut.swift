// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI
public import Repositories

extension TransferPlan {
    /// How many blobs, and how many bytes, the archives of this plan would leave out; each digest counts once.
    public func leftOut(_ assumed: AssumedBlobs) async throws -> (blobs: Int, bytes: Int64) {
        var sizes: [Digest: Int64] = [:]
        for content in targets.flatMap(\.versions).flatMap(\.contents) {
            switch content.content {
            case .blob(let blob):
                guard let digest = blob.digest, let size = blob.size else { continue }
                if assumed.contains(digest, size: size) { sizes[digest] = size }
            case .artifact(let artifact):
                for node in try await artifact.nodes() where node.manifest == nil {
                    let blob = node.descriptor
                    if assumed.contains(blob.digest, size: blob.size) { sizes[blob.digest] = blob.size }
                }
            }
        }
        return (sizes.count, sizes.values.reduce(0, &+))
    }
}
