// SPDX-License-Identifier: Apache-2.0

import Cryptography
import Repositories
import Testing
import WebClient

/// What tests of questions to registries begin with.
protocol LookUpMeans {}

extension LookUpMeans {
    static func connections() -> RepositoryConnections {
        RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
    }

    static func noise(_ seed: Int, _ count: Int = 64) -> [UInt8] {
        var bytes: [UInt8] = []
        for number in 0..<(count / 32 + 1) { bytes += Digest(of: Array("\(seed).\(number)".utf8)).bytes }
        return Array(bytes.prefix(count))
    }

    static func repository(
        _ text: String, _ connections: RepositoryConnections
    ) async throws -> StoreRepository {
        let opened = try await connections.open(try RepositoryLocator(text), .create(nil))
        return try #require(opened.storeRepository)
    }
}
