// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Documents

/// What refers to one manifest, as the image index that stores without a referrers API keep under a tag made of the
/// manifest's digest (OCI distribution specification 1.1, “Referrers Tag Schema”).
public struct ReferrerList: Sendable {
    /// Sorted by digest, so that the list does not depend on the order of writing.
    public private(set) var referrers: [OCIDescriptor] = []

    /// The tag of the list of what refers to a digest.
    public static func tag(_ digest: Digest) -> String { "\(digest.algorithm.rawValue)-\(digest.hex)" }

    /// A list of nothing.
    public init() {}

    /// Reads a list; throws `.corrupt` for a document that is no image index.
    public init(parsing bytes: [UInt8], source: String) throws(Fault) {
        let manifest = try OCIManifest(parsing: bytes, mediaType: nil, source: source)
        guard manifest.isIndex else {
            throw Fault(.corrupt, "\(source) should list referrers but is no image index")
        }
        referrers = manifest.children
    }

    /// Adds a referrer; false when it is there already.
    public mutating func add(_ referrer: OCIDescriptor) -> Bool {
        guard !referrers.contains(where: { $0.digest == referrer.digest }) else { return false }
        referrers.append(referrer)
        referrers.sort { $0.digest < $1.digest }
        return true
    }

    /// The list as an image index.
    public func encoded() -> [UInt8] {
        JSON.object(
            JSONObject([
                ("schemaVersion", .number(JSONNumber(2))), ("mediaType", .string(MediaType.imageIndex.rawValue)),
                ("manifests", .array(referrers.map(\.json))),
            ])
        ).encoded()
    }
}

extension OCIManifest {
    /// How a list of referrers describes this manifest: with its annotations, and its type or else that of its config.
    public func referrer(_ descriptor: OCIDescriptor) -> OCIDescriptor {
        var descriptor = descriptor
        descriptor.artifactType = artifactType ?? config?.mediaType
        descriptor.annotations = annotations
        return descriptor
    }
}
