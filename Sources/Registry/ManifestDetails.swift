// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI

/// What the index keeps of a manifest's bytes.
struct ManifestDetails: Sendable {
    let mediaType: String
    /// The type of the artifact, or else that of the config (distribution specification, “Listing Referrers”).
    let artifactType: String?
    let subject: Digest?
    /// Annotations as a JSON object; nil when there are none.
    let annotations: String?
    /// The contents that must be in the repository: blobs of a manifest, manifests of an index.
    let children: [Digest]
    let isIndex: Bool

    /// Reads a manifest; throws `.manifestInvalid` for what is malformed, ambiguous, too large or of another type.
    init(parsing bytes: [UInt8], mediaType: String?) throws(Fault) {
        do throws(Fault) {
            if let mediaType, !Self.isAccepted(MediaType(mediaType)) {
                throw Fault(
                    .manifestInvalid, "manifests of the type “\(mediaType.prefix(200))” are not taken here",
                    fix: "push an OCI image manifest or index, or one of Docker's schema 2")
            }
            let manifest = try OCIManifest(parsing: bytes, mediaType: mediaType, source: "the manifest")
            self.mediaType = manifest.mediaType.rawValue
            artifactType = manifest.artifactType ?? manifest.config?.mediaType
            subject = manifest.subject?.digest
            let annotations = manifest.json["annotations"]
            self.annotations = annotations?.object.map { $0.isEmpty } ?? true ? nil : annotations?.text()
            children = manifest.children.filter { !Self.isElsewhere($0.mediaType) }.map(\.digest)
            isIndex = manifest.isIndex
        } catch {
            throw error.coded(.manifestInvalid)
        }
    }

    private static func isAccepted(_ type: MediaType) -> Bool { type.isManifest || type.isIndex }

    /// Layers that may not be distributed are fetched from elsewhere (OCI image specification, “Non-Distributable
    /// Layers”; Docker's “foreign” ones).
    private static func isElsewhere(_ mediaType: String) -> Bool {
        mediaType.contains(".nondistributable.") || mediaType.contains(".foreign.")
    }
}
