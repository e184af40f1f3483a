// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import Documents

/// A reference to content by media type, digest and size (OCI image specification, “Content descriptors”).
public struct OCIDescriptor: Hashable, Sendable {
    /// The media type of the content.
    public var mediaType: String
    /// The digest of the content.
    public let digest: Digest
    /// How many bytes the content has.
    public let size: Int64
    /// Annotations; empty when there are none.
    public var annotations: [String: String] = [:]
    /// The type of an artifact whose manifest this is.
    public var artifactType: String?
    /// The platform an image runs on.
    public var platform: JSON?
    /// Members the specification does not name, kept as they are.
    private var unknown = JSONObject()

    private static let known: Set<String> = ["mediaType", "digest", "size", "annotations", "artifactType", "platform"]

    /// Describes content.
    public init(mediaType: String, digest: Digest, size: Int64) {
        (self.mediaType, self.digest, self.size) = (mediaType, digest, size)
    }

    /// Reads a descriptor; `mediaType`, `digest` and `size` must be there.
    public init(json: JSON) throws(Fault) {
        guard let mediaType = json["mediaType"]?.string, let digest = json["digest"]?.string,
            let size = json["size"]?.int, size >= 0
        else {
            throw Fault(
                .invalid, "a descriptor lacks “mediaType”, “digest” or “size”",
                fix: "the manifest is damaged; fetch it again")
        }
        self.init(mediaType: mediaType, digest: try Digest(digest), size: size)
        for (key, value) in json["annotations"]?.object ?? JSONObject() { annotations[key] = value.string }
        artifactType = json["artifactType"]?.string
        platform = json["platform"]
        for (key, value) in json.object ?? JSONObject() where !Self.known.contains(key) { unknown[key] = value }
    }

    /// The descriptor in the order of the specification; annotations sorted.
    public var json: JSON {
        var object: JSONObject = [
            "mediaType": .string(mediaType), "digest": .string(digest.description), "size": .number(JSONNumber(size)),
        ]
        if let artifactType { object["artifactType"] = .string(artifactType) }
        if let platform { object["platform"] = platform }
        if !annotations.isEmpty { object["annotations"] = Self.json(annotations) }
        for (key, value) in unknown { object[key] = value }
        return .object(object)
    }

    /// Throws `.mismatch` when content of the right digest has another size than is stated here.
    public func require(size actual: Int, of thing: String) throws(Fault) {
        guard size != Int64(actual) else { return }
        throw Fault(
            .mismatch, "\(thing) has \(actual) bytes where \(size) are stated",
            fix: "the manifest that names it is damaged or forged; fetch it from its origin")
    }

    static func json(_ annotations: [String: String]) -> JSON {
        .object(
            JSONObject(
                annotations.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
                    ($0.key, .string($0.value))
                }))
    }
}
