// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI

/// What refers to one manifest, as the image index that stores without a referrers API keep under a tag made of the
/// manifest's digest (OCI distribution specification 1.1, “Referrers Tag Schema”).
struct ReferrerList {
    /// Sorted by digest, so that the list does not depend on the order of writing.
    private(set) var referrers: [OCIDescriptor] = []

    static func tag(_ digest: Digest) -> String { "\(digest.algorithm.rawValue)-\(digest.hex)" }

    init() {}

    init(parsing bytes: [UInt8], source: String) throws(Fault) {
        let manifest = try OCIManifest(parsing: bytes, mediaType: nil, source: source)
        guard manifest.isIndex else {
            throw Fault(.invalid, "\(source) should list referrers but is no image index")
        }
        referrers = manifest.children
    }

    /// Adds a referrer; false when it is there already.
    mutating func add(_ referrer: OCIDescriptor) -> Bool {
        guard !referrers.contains(where: { $0.digest == referrer.digest }) else { return false }
        referrers.append(referrer)
        referrers.sort { $0.digest < $1.digest }
        return true
    }

    func encoded() -> [UInt8] {
        JSON.object(
            JSONObject([
                ("schemaVersion", .number(JSONNumber(2))), ("mediaType", .string(MediaType.imageIndex.rawValue)),
                ("manifests", .array(referrers.map(\.json))),
            ])
        ).encoded()
    }
}
