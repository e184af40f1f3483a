// SPDX-License-Identifier: Apache-2.0

public import Cryptography
public import Web

/// Remembers uploads to registries that are not finished, so that another process can go on with them, and contents that
/// are in their places, so that it need not read them to find that out.
///
/// Called while bytes move: implementations return at once. What they hold is a secret, since the URL of an upload
/// session may be all that writing into it needs.
public protocol UploadJournal: Sendable {
    /// What is known of an upload that was begun and not ended; nil when there is nothing.
    func unfinishedUpload(_ key: UploadKey) -> UnfinishedUpload?
    /// The session of an upload is reached at this URL from now on.
    func note(_ location: HTTPURL, of key: UploadKey)
    /// The digest of the blob has this state where the state stands.
    func note(_ state: DigestState, of key: UploadKey)
    /// The upload goes on where an earlier process stopped, so that so many bytes need not move.
    func noteResumed(_ key: UploadKey, at offset: Int64)
    /// The upload has ended, and what was noted of its session is worth nothing any more.
    func forget(_ key: UploadKey, _ end: UploadEnd)
    /// How many bytes a content has that was noted as finished there; nil when none was. For an artifact, those of its
    /// manifest or index.
    func finishedSize(_ key: UploadKey) -> Int64?
    /// A content is in its place with all that it refers to.
    func noteFinished(_ key: UploadKey, size: Int64)
}

/// Names an upload or a content: one digest in one repository of one registry.
public struct UploadKey: Hashable, Sendable {
    /// The registry's origin, as text.
    public let registry: String
    /// The repository.
    public let repository: String
    /// The digest of the blob.
    public let digest: Digest

    /// Names an upload.
    public init(registry: String, repository: String, digest: Digest) {
        (self.registry, self.repository, self.digest) = (registry, repository, digest)
    }
}

/// What is known of an upload that was begun and not ended.
public struct UnfinishedUpload: Sendable {
    /// The session's URL.
    public let location: String
    /// States of the digest, by rising offsets.
    public let states: [DigestState]

    /// Describes an upload.
    public init(location: String, states: [DigestState]) { (self.location, self.states) = (location, states) }
}

/// How an upload ended.
public enum UploadEnd: Sendable {
    /// The registry has the blob.
    case finished
    /// Nothing of it has arrived, so there is nothing to go on with.
    case empty
    /// The registry knows nothing of the session any more, or something else than we do: the blob starts over.
    case lost
}
