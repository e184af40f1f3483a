// SPDX-License-Identifier: Apache-2.0

extension ResourceContent {
    /// How many bytes there are to move, if that can be known without reading them.
    public func knownSize() async throws -> Int64? {
        switch self {
        case .blob(let blob): blob.size
        case .artifact(let artifact): try await artifact.size()
        }
    }
}
