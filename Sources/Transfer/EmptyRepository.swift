// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography
public import Repositories

/// Stands for an archive that is not made: it holds nothing and takes nothing.
public struct EmptyRepository: ComponentVersionRepository {
    public let locator: RepositoryLocator

    /// An empty repository of that name.
    public init(locator: RepositoryLocator) { self.locator = locator }

    public func components() async throws -> [ComponentName] { [] }
    public func versions(of component: ComponentName) async throws -> [ComponentVersion] { [] }
    public func find(_ identity: ComponentVersionIdentity) async throws -> StoredComponentVersion? { nil }
    public func content(of access: LocalBlobAccess, in version: StoredComponentVersion) async throws -> ResourceContent
    {
        throw refusal
    }
    public func place(
        _ content: ResourceContent, for identity: ComponentVersionIdentity, observer: PlacementObserver
    ) async throws -> PlacedContent { throw refusal }
    public func commit(_ descriptor: ComponentDescriptor, contents: LocalContents) async throws -> Digest {
        throw refusal
    }
    public func finish() async throws {}

    private var refusal: Fault { Fault(.internal, "what only plans does not write to \(locator)") }
}
