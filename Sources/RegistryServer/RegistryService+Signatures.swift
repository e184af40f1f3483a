// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Registry
internal import RegistryRules

extension RegistryService {
    /// Whether no rule has to be asked before somebody is shown what a reference names. A tag that is found is shown to all.
    func isPlain(_ reference: ManifestReference, in name: RepositoryName, for caller: RegistryCaller) -> Bool {
        guard case .digest(let digest) = reference, let signatures, signatures.rule(for: name) != nil else {
            return true
        }
        return gate.allows(caller, .push, name) || signatures.isKnownToBeShown(digest, in: name)
    }

    /// Whether somebody may see a manifest or blob: what is not verified is for those alone who may push.
    func shows(_ digest: Digest, in name: RepositoryName, to caller: RegistryCaller) async throws -> Bool {
        guard let signatures, !isPlain(.digest(digest), in: name, for: caller) else { return true }
        return try await signatures.shows(digest, in: name)
    }

    /// Stores a manifest as the signature rules have it.
    func store(
        _ bytes: [UInt8], _ mediaType: String?, _ name: RepositoryName, _ reference: ManifestReference, by: String
    ) async throws -> PushedManifest {
        guard let signatures else {
            return try await registry.putManifest(bytes, mediaType: mediaType, in: name, as: reference, by: by)
        }
        return try await signatures.putManifest(bytes, mediaType: mediaType, in: name, as: reference, by: by)
    }
}
