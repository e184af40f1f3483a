// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// An image manifest or an image index, read strictly.
///
/// A document that could be taken for both is refused: with `layers` and `manifests` in one, two readers could be
/// made to see two different contents under one digest.
public struct OCIManifest: Sendable {
    /// The media type, from the document or, if it has none, from whoever delivered it.
    public let mediaType: MediaType
    /// Whether it is an index.
    public let isIndex: Bool
    /// The configuration of a manifest.
    public let config: OCIDescriptor?
    /// The layers of a manifest.
    public let layers: [OCIDescriptor]
    /// The manifests of an index.
    public let manifests: [OCIDescriptor]
    /// Annotations of the document.
    public let annotations: [String: String]
    /// What it refers to.
    public let subject: OCIDescriptor?
    /// The type of the artifact.
    public let artifactType: String?
    /// The whole document.
    public let json: JSON

    /// The most bytes of a manifest, as registries accept them.
    public static let sizeLimit = 4 * 1024 * 1024
    /// The most entries of a manifest or index.
    public static let entryLimit = 20_000

    /// Reads a document.
    ///
    /// - Parameter mediaType: the type it was delivered with; when both are there they must agree.
    public init(parsing bytes: [UInt8], mediaType delivered: String?, source: String) throws(Fault) {
        func wrong(_ what: String) -> Fault {
            Fault(.corrupt, "\(source) \(what)", fix: "the manifest is damaged or forged; fetch it from its origin")
        }
        guard bytes.count <= Self.sizeLimit else {
            throw Fault(.limitExceeded, "\(source) has \(ByteCount(Int64(bytes.count))), more than a manifest may have")
        }
        let json = try JSON(parsing: bytes, source: source)
        guard json.object != nil else { throw wrong("is no JSON object") }
        if let version = json["schemaVersion"], version.int != 2 { throw wrong("has a schemaVersion other than 2") }
        let hasManifests = json["manifests"] != nil, hasLayers = json["layers"] != nil || json["config"] != nil
        guard !(hasManifests && hasLayers) else { throw wrong("holds layers and manifests at once, so it is neither") }
        guard hasManifests || hasLayers else { throw wrong("holds neither layers nor manifests") }
        let stated = json["mediaType"]?.string.map { MediaType($0) }
        let known = delivered.map { MediaType($0) }.flatMap { $0.isManifest || $0.isIndex ? $0 : nil }
        if let stated, let known, stated != known { throw wrong("says it is \(stated) and was delivered as \(known)") }
        let type = stated ?? known ?? (hasManifests ? .imageIndex : .imageManifest)
        guard type.isIndex == hasManifests, type.isManifest == hasLayers else {
            throw wrong("says it is \(type) and has the content of another type")
        }
        func list(_ name: String) throws(Fault) -> [OCIDescriptor] {
            guard let value = json[name], value != .null else { return [] }
            guard let items = value.array else { throw wrong("has “\(name)” that is no list") }
            guard items.count <= Self.entryLimit else {
                throw Fault(.limitExceeded, "\(source) has more than \(Self.entryLimit) entries")
            }
            var descriptors: [OCIDescriptor] = []
            for item in items { descriptors.append(try OCIDescriptor(json: item)) }
            return descriptors
        }
        (self.mediaType, self.isIndex, self.json) = (type, hasManifests, json)
        layers = try list("layers")
        manifests = try list("manifests")
        config = try json["config"].map { config throws(Fault) in try OCIDescriptor(json: config) }
        subject = try json["subject"].flatMap { $0 == .null ? nil : $0 }.map { subject throws(Fault) in
            try OCIDescriptor(json: subject)
        }
        artifactType = json["artifactType"]?.string
        var annotations: [String: String] = [:]
        for (key, value) in json["annotations"]?.object ?? JSONObject() { annotations[key] = value.string }
        self.annotations = annotations
        if type.isManifest && config == nil { throw wrong("is a manifest without a config") }
    }

    /// What it consists of: config and layers, or manifests.
    public var children: [OCIDescriptor] { isIndex ? manifests : (config.map { [$0] } ?? []) + layers }
}
