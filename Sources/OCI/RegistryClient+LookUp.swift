// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Cryptography
internal import Web

extension RegistryClient {
    /// How many contents are asked for at once, whoever asks; the HTTP client keeps as many idle connections.
    public static let questionsAtOnce = 16

    /// Finds out which blobs and manifests are there, each asked for once in the life of this client and those made
    /// of it.
    ///
    /// Throws what a question throws; what was answered before that stays known.
    public func lookUp(_ contents: [OCIDescriptor], in repository: String) async throws {
        guard !unknown(contents, repository).isEmpty else { return }
        try await questions.run { [self] in
            // Whoever was before us may have asked.
            var open = unknown(contents, repository)[...]
            // With credentials that nobody has asked for yet, each question would be asked twice.
            if await isUnauthenticated(repository, .pull), let first = open.popFirst() { try await ask(first) }
            try await open.forEachConcurrently(limit: Self.questionsAtOnce) { [self] in try await ask($0) }
        }
    }

    /// Whether all of these contents are there; what is not known is asked for.
    public func has(_ contents: [OCIDescriptor], in repository: String) async throws -> Bool {
        try await lookUp(contents, in: repository)
        return places.withLock { places in
            contents.allSatisfy { places.holds(ContentPlace(repository: repository, $0), size: $0.size) }
        }
    }

    /// How many bytes a content has that the journal says is in its place; nil when it says nothing.
    public func finishedSize(_ digest: Digest, in repository: String) -> Int64? {
        continuation?.journal.finishedSize(
            UploadKey(registry: origin.description, repository: repository, digest: digest))
    }

    /// Notes in the journal, if there is one, that a content is in its place with all that it refers to.
    public func noteFinished(_ content: OCIDescriptor, in repository: String) {
        continuation?.journal.noteFinished(
            UploadKey(registry: origin.description, repository: repository, digest: content.digest), size: content.size)
    }

    private func unknown(_ contents: [OCIDescriptor], _ repository: String) -> [ContentPlace] {
        var seen: Set<ContentPlace> = []
        return places.withLock { places in
            contents.compactMap { content in
                let place = ContentPlace(repository: repository, content)
                return seen.insert(place).inserted && places.isUnknown(place) ? place : nil
            }
        }
    }

    private func ask(_ place: ContentPlace) async throws {
        let size =
            try await place.isManifest
            ? resolve(place.digest.description, in: place.repository)?.size
            : blobSize(place.digest, in: place.repository)
        places.withLock { $0.note(place, size: size) }
    }
}

extension ContentPlace {
    /// Where a descriptor's content is in a repository.
    init(repository: String, _ descriptor: OCIDescriptor) {
        let type = MediaType(descriptor.mediaType)
        self.init(repository: repository, digest: descriptor.digest, isManifest: type.isManifest || type.isIndex)
    }
}
