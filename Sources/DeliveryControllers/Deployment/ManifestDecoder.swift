// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Documents
public import Kubernetes

/// Reads the objects that a file of manifests holds.
public struct ManifestDecoder: Sendable {
    private let limit: Int
    /// The most objects of a file.
    public static let objectLimit = 5000

    /// A decoder of files that have at most so many bytes, also when they are unpacked.
    public init(limit: Int) { self.limit = limit }

    /// The objects in their order: of YAML with any number of documents, or of JSON. What a list holds (`kind: List`, and
    /// lists of one kind such as `ConfigMapList`) stands in its place.
    ///
    /// Content is unpacked when its media type says that it is packed with gzip.
    /// - Throws: `.invalid` for what is no object, has no name or occurs twice, and when there is no object at all;
    ///   `.unsupported` for archives; `.limitExceeded`.
    public func objects(_ bytes: [UInt8], mediaType: String, source: String) async throws -> [KubernetesObject] {
        let text = try await unpacked(bytes, mediaType, source)
        var limits = DocumentLimits()
        limits.bytes = limit
        limits.nodes = 1_000_000
        var objects: [KubernetesObject] = []
        var known: Set<[String]> = []
        for document in try YAML.documents(text, source: source, limits: limits) where document.root != .null {
            try collect(document.root, source, depth: 0, into: &objects, &known)
        }
        guard !objects.isEmpty else {
            throw Fault(.invalid, "\(source) holds no objects", fix: "put Kubernetes manifests into the resource")
        }
        return objects
    }

    private func unpacked(_ bytes: [UInt8], _ mediaType: String, _ source: String) async throws -> [UInt8] {
        let type = mediaType.split(separator: ";").first.map { String($0).trimmed.lowercased() } ?? ""
        let words = type.split { "/+.-".contains($0) }
        guard !words.contains("tar"), !words.contains("tgz") else {
            throw Fault(
                .unsupported, "\(source) is an archive (\(mediaType)), and one file of manifests is expected",
                fix: "put the manifests into one file; charts and kustomizations are for their own controllers")
        }
        guard !words.contains("zstd") else {
            throw Fault(.unsupported, "\(source) is packed with zstd", fix: "pack it with gzip, or not at all")
        }
        guard words.contains("gzip") || words.contains("gz") else { return bytes }
        return try await ByteStream(bytes).gunzipped(source: source).collect(limit: limit, of: source)
    }

    private func collect(
        _ json: JSON, _ source: String, depth: Int, into objects: inout [KubernetesObject], _ known: inout Set<[String]>
    ) throws(Fault) {
        let object = KubernetesObject(unchecked: json)
        let place = "object \(objects.count + 1) of \(source)"
        if let problem = object.problem { throw Fault(.invalid, "\(place): \(problem)") }
        if object.kind.hasSuffix("List"), let items = json["items"]?.array {
            guard depth < 4 else { throw Fault(.limitExceeded, "\(place): lists are nested too deeply") }
            for item in items {
                try collect(Self.typed(item, object), source, depth: depth + 1, into: &objects, &known)
            }
            return
        }
        guard !object.name.isEmpty else {
            throw Fault(
                .invalid, "\(place) is a \(object.kind) without a name", fix: "name it; it is applied by its name")
        }
        guard objects.count < Self.objectLimit else {
            throw Fault(.limitExceeded, "\(source) holds more than \(Self.objectLimit) objects")
        }
        guard known.insert(Self.key(object)).inserted else {
            throw Fault(.invalid, "\(source) holds the \(object.kind) \(object.objectName) twice", fix: "remove one")
        }
        objects.append(object)
    }

    /// The elements of a list of one kind may leave out what they are.
    private static func typed(_ item: JSON, _ list: KubernetesObject) -> JSON {
        guard list.kind != "List", item.object != nil else { return item }
        var item = item
        if item["kind"] == nil { item["kind"] = .string(String(list.kind.dropLast(4))) }
        if item["apiVersion"] == nil { item["apiVersion"] = .string(list.apiVersion) }
        return item
    }

    private static func key(_ object: KubernetesObject) -> [String] {
        [object.groupVersionKind?.group ?? "", object.kind, object.namespace ?? "", object.name]
    }
}
