// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel

/// Finds component versions: first in one repository, then in others that the user named for references.
public struct ComponentVersionSource: Sendable {
    /// The repositories in the order in which they are asked.
    public let repositories: [any ComponentVersionRepository]
    /// Where else the configuration says to look.
    let resolver: RepositoryResolver?

    /// A repository, and others to look for what it lacks.
    public init(
        _ first: any ComponentVersionRepository, lookup: [any ComponentVersionRepository] = [],
        resolver: RepositoryResolver? = nil
    ) {
        repositories = [first] + lookup
        self.resolver = resolver
    }

    /// The version with the repository it was found in; nil when none of them has it.
    public func find(
        _ identity: ComponentVersionIdentity
    ) async throws -> (version: StoredComponentVersion, repository: any ComponentVersionRepository)? {
        for repository in repositories {
            if let version = try await repository.find(identity) { return (version, repository) }
        }
        for repository in try await resolver?.repositories(for: identity) ?? [] {
            if let version = try await repository.find(identity) { return (version, repository) }
        }
        return nil
    }

    /// The version with the repository it was found in, or `.notFound` with what the first repository has instead.
    public func get(
        _ identity: ComponentVersionIdentity
    ) async throws -> (version: StoredComponentVersion, repository: any ComponentVersionRepository) {
        if let found = try await find(identity) { return found }
        return (try await repositories[0].get(identity), repositories[0])
    }
}
