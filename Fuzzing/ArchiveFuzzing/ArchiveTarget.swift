// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

@testable internal import ComponentModel
@testable internal import Repositories

/// Reads headers of volumes, inventories, and records of what an archive leaves out: the first byte picks which.
///
/// What has to hold: nothing stops the program, limits are kept, and what is accepted says the same when it is written
/// and read again.
enum ArchiveTarget {
    static func run(_ bytes: [UInt8]) {
        guard let kind = bytes.first, bytes.count < 1 << 20 else { return }
        let rest = Array(bytes.dropFirst())
        switch kind {
        case UInt8(ascii: "v"): header(rest)
        // Without a checksum that fits, little behind it would be reached.
        case UInt8(ascii: "s"): header(sealed(rest))
        case UInt8(ascii: "i"): inventory(rest)
        case UInt8(ascii: "o"): omitted(rest)
        default: break
        }
    }

    private static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= 480 else { return bytes }
        return Array(bytes[..<480]) + Digest(of: bytes[..<480]).bytes
    }

    private static func header(_ bytes: [UInt8]) {
        guard let header = try? VolumeHeader(parsing: bytes[...], source: "a volume") else { return }
        precondition(header.encoded() == bytes)
        precondition((1...header.count).contains(header.number) && header.count <= VolumeHeader.countLimit)
        precondition(!header.range.isEmpty && header.range.upperBound <= header.totalSize)
        precondition(Int64(header.range.count) + Int64(VolumeHeader.byteCount) <= header.volumeSize)
        precondition((header.number == header.count) == (header.range.upperBound == header.totalSize))
    }

    private static func inventory(_ bytes: [UInt8]) {
        guard let read = try? Inventory.read(parsing: bytes, source: "an inventory") else { return }
        precondition(read.inventory.blobBytes >= 0 && read.inventory.blobCount >= 0)
        guard let again = try? SignedDocument(read.inventory.json).json.canonical() else {
            preconditionFailure("an inventory that was read cannot be written")
        }
        precondition((try? Inventory.read(parsing: again, source: "an inventory"))?.inventory == read.inventory)
    }

    private static func omitted(_ bytes: [UInt8]) {
        guard let record = try? OmittedBlobs(parsing: bytes, source: "a record") else { return }
        precondition((try? OmittedBlobs(parsing: record.encoded(), source: "a record")) == record)
        precondition(record.blobs.values.allSatisfy { $0.size >= 0 && !$0.repositories.isEmpty })
    }
}
