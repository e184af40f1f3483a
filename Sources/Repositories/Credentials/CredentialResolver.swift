// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import OCI
public import Web

/// Finds the credentials for a consumer: what the configuration says, then Docker configurations and their helpers.
///
/// A credential is only handed out for the origin it was configured for, so it cannot reach another server.
public struct CredentialResolver: Sendable {
    /// One entry of a credentials configuration.
    public struct Consumer: Sendable {
        /// The identities it is for.
        public let identities: [[String: String]]
        /// What it gives.
        public let credential: Credential

        /// An entry.
        public init(identities: [[String: String]], credential: Credential) {
            (self.identities, self.credential) = (identities, credential)
        }
    }

    /// How strictly identities are compared.
    public let matching: CredentialMatching
    private let consumers: [Consumer]
    private let dockerConfigurations: [DockerConfiguration]

    /// Looks in these places, in this order.
    public init(
        consumers: [Consumer] = [], dockerConfigurations: [DockerConfiguration] = [],
        matching: CredentialMatching = .strict
    ) {
        (self.consumers, self.dockerConfigurations, self.matching) = (consumers, dockerConfigurations, matching)
    }

    /// The credential of the best matching consumer of the configuration; nil when none matches.
    public func credential(for request: ConsumerIdentity) -> Credential? {
        var best: (match: ConsumerMatch, credential: Credential)?
        for consumer in consumers {
            for identity in consumer.identities {
                guard let match = ConsumerMatch(identity, for: request, matching) else { continue }
                if best.map({ match >= $0.match }) ?? true { best = (match, consumer.credential) }
            }
        }
        return best?.credential
    }

    /// What to tell a registry; nil means to try without.
    public func registryCredential(for origin: Origin, repository: String) async throws -> RegistryCredential? {
        // Component versions lie below the path that their repository is known by, and that patterns are written for.
        var paths = [repository]
        if let mark = repository.firstRange(of: "/component-descriptors/") {
            paths.append(String(repository[..<mark.lowerBound]))
        }
        for path in paths {
            let identity = ConsumerIdentity(registry: origin, repository: path)
            if let found = credential(for: identity)?.forRegistry { return found }
        }
        for configuration in dockerConfigurations {
            if let found = try await configuration.credential(for: origin, repository: repository)?.forRegistry {
                return found
            }
        }
        return nil
    }
}
