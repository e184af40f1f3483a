// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Repositories

/// Stands for an archive that a dry run would make: it holds nothing and takes nothing.
struct EmptyRepository: ComponentVersionRepository {
    let locator: RepositoryLocator

    func components() async throws -> [ComponentName] { [] }
    func versions(of component: ComponentName) async throws -> [ComponentVersion] { [] }
    func find(_ identity: ComponentVersionIdentity) async throws -> StoredComponentVersion? { nil }
    func content(of access: LocalBlobAccess, in version: StoredComponentVersion) async throws -> ResourceContent {
        throw refusal
    }
    func place(
        _ content: ResourceContent, for identity: ComponentVersionIdentity, observer: PlacementObserver
    ) async throws -> PlacedContent { throw refusal }
    func commit(_ descriptor: ComponentDescriptor, contents: LocalContents) async throws -> Digest { throw refusal }
    func finish() async throws {}

    private var refusal: Fault { Fault(.internal, "a dry run does not write to \(locator)") }
}
