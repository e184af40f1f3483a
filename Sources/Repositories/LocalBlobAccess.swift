// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography
public import Documents
internal import OCI

/// The access of content that is stored beside its descriptor.
public struct LocalBlobAccess: Hashable, Sendable {
    /// Where the content is: one digest, or several whose blobs follow one another.
    public let references: [String]
    /// The media type of the content.
    public let mediaType: String
    /// The repository and tag the content should have when it is published as an artifact of its own.
    public let referenceName: String?

    /// The names of this type and of its two predecessors.
    public static let typeNames = ["localBlob", "LocalBlob", "localOciBlob", "localFilesystemBlob"]

    /// Reads `localBlob`, and the legacy `localOciBlob` and `localFilesystemBlob`.
    ///
    /// - Parameter thing: what has this access, for messages.
    public init(_ specification: TypedSpecification, of thing: String) throws(Fault) {
        let json = specification.json
        let reference =
            json["localReference"]?.string ?? json["digest"]?.string ?? json["fileName"]?.string
            ?? json["filename"]?.string
        guard let reference, !reference.isEmpty else {
            throw Fault(
                .invalid, "the access of \(thing) has no “localReference”", fix: "name the digest of the blob there")
        }
        references = reference.split(separator: ",").map { String($0).trimmed }
        mediaType = json["mediaType"]?.string ?? "application/octet-stream"
        referenceName = json["referenceName"]?.string
    }

    /// The single digest this access names, or nil when it is chunked. Accepts `sha256:…` and the older `sha256.…`.
    public var digest: Digest? {
        guard references.count == 1 else { return nil }
        return try? Self.digest(references[0])
    }

    /// Reads a local reference as a digest.
    public static func digest(_ reference: String) throws(Fault) -> Digest {
        guard let dot = reference.firstIndex(of: "."), !reference.contains(":") else { return try Digest(reference) }
        return try Digest("\(reference[..<dot]):\(reference[reference.index(after: dot)...])")
    }

    /// The access specification for placed content.
    public static func specification(for placed: PlacedContent, referenceName: String?) -> JSON {
        var json: JSON = [
            "type": "localBlob", "localReference": .string(placed.descriptor.digest.description),
            "mediaType": .string(placed.descriptor.mediaType),
        ]
        if let referenceName { json["referenceName"] = .string(referenceName) }
        return json
    }
}
