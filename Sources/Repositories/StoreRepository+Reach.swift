// SPDX-License-Identifier: Apache-2.0

internal import OCI

extension StoreRepository {
    /// Asks a registry whether it is there and accepts the credentials; other stores are there when they are open.
    public func ping() async throws {
        if let client = store as? RegistryClient { try await client.ping() }
    }
}
