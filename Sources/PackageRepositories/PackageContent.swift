// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography

/// Bytes to publish, or that were found: opened for each reader, never loaded.
public struct PackageContent: Sendable {
    /// How many bytes there are, if known.
    public let size: Int64?
    /// Opens the bytes for one reader.
    public let open: @Sendable () async throws -> ByteStream

    /// Told, while the bytes are sent, how many of them from the start have gone; begins anew when they are sent once
    /// more. Readings that only compare or describe the bytes are not told.
    public var sending: @Sendable (_ through: Int64) -> Void = { _ in }

    /// Describes bytes that can be opened any number of times.
    public init(size: Int64?, open: @escaping @Sendable () async throws -> ByteStream) {
        (self.size, self.open) = (size, open)
    }

    /// Opens the bytes for a request that carries them.
    func openToSend() async throws -> ByteStream {
        let (sent, sending) = (Guarded<Int64>(0), sending)
        return try await open().observed { count in
            sending(
                sent.withLock { sent in
                    sent += Int64(count)
                    return sent
                })
        }
    }

    /// Bytes in memory.
    public init(_ bytes: [UInt8]) { self.init(size: Int64(bytes.count)) { ByteStream(bytes) } }

    /// The SHA-256 of all bytes, read once.
    func digest() async throws -> Digest {
        var hasher = DigestHasher()
        for try await chunk in try await open() { hasher.update(chunk) }
        return hasher.finalize()
    }
}

/// What came of publishing something.
public enum PublishOutcome: String, Sendable {
    /// It was not there before.
    case published
    /// It was there with the same bytes; nothing was written over.
    case alreadyThere
    /// It was there with other bytes, which were replaced, as was asked for.
    case replaced
}
