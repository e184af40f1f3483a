// SPDX-License-Identifier: Apache-2.0

public import ComponentModel
public import Cryptography

/// Blobs that the receiver of an archive is taken to have, so that they need not be in it.
///
/// A wrong assumption costs nothing but time: whoever receives the archive finds out before anything is written.
public struct AssumedBlobs: Sendable {
    /// What the receiver has, for people: `acme.org/app:1.0.0`, `the inventory of registry.enclave/ocm`.
    public private(set) var basis: [String] = []
    private var blobs: [Digest: Blob] = [:]

    /// The most components noted for one blob.
    static let holderLimit = 4

    private struct Blob: Sendable {
        var size: Int64?
        var holders: [ComponentName] = []
    }

    /// Nothing is assumed.
    public init() {}

    /// How many blobs there are.
    public var count: Int { blobs.count }

    /// Notes where the assumptions come from.
    public mutating func add(basis text: String) { if !basis.contains(text) { basis.append(text) } }

    /// Notes a blob.
    ///
    /// - Parameters:
    ///   - size: nil when only the digest is known.
    ///   - holder: the component in whose repository the receiver has it.
    public mutating func add(_ digest: Digest, size: Int64?, holder: ComponentName) {
        blobs[digest, default: Blob()].size = size ?? blobs[digest]?.size
        let holders = blobs[digest]?.holders ?? []
        if holders.count < Self.holderLimit, !holders.contains(holder) { blobs[digest]?.holders.append(holder) }
    }

    /// Whether the receiver has a blob; false when it has one of that digest and another size.
    public func contains(_ digest: Digest, size: Int64) -> Bool {
        guard let blob = blobs[digest] else { return false }
        return blob.size == nil || blob.size == size
    }

    /// Stands for all that is assumed: two with the same digest leave out the same, and note the same about it.
    public var digest: Digest {
        var hasher = DigestHasher()
        for text in basis { hasher.update(Array("basis \(text.utf8.count) \(text)\n".utf8)[...]) }
        for (digest, blob) in blobs.sorted(by: { $0.key < $1.key }) {
            let size = blob.size.map(String.init) ?? "-"
            let line = "\(digest) \(size) \(blob.holders.map(\.text).joined(separator: " "))\n"
            hasher.update(Array(line.utf8)[...])
        }
        return hasher.finalize()
    }

    /// The components in whose repositories the receiver has it, a few of them.
    func holders(of digest: Digest) -> [ComponentName] { blobs[digest]?.holders ?? [] }
}
