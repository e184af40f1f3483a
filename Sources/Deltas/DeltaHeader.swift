// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
public import Cryptography
internal import Documents

/// What a delta says of itself before its instructions.
public struct DeltaHeader: Sendable {
    /// A blob that the delta copies from.
    public struct Base: Sendable {
        /// Its digest.
        public let digest: Digest
        /// How many bytes it has.
        public let size: Int64
        /// How many bytes it expands to, when the delta copies from what is inside the gzip; nil when from its bytes.
        public let expandedSize: Int64?

        /// How many bytes can be copied from it.
        var extent: Int64 { expandedSize ?? size }
    }

    /// The digest of the blob that is rebuilt.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// The blobs it copies from, in the order in which instructions count them.
    public let bases: [Base]
    /// How the instructions' result is compressed to give the blob, and its size; nil when it is the blob.
    let compression: (recipe: GzipRecipe, size: Int64)?

    /// Whether the delta describes what is inside a gzip.
    public var isExpanded: Bool { compression != nil }
    /// How many bytes the instructions give.
    var extent: Int64 { compression?.size ?? size }
}

extension DeltaHeader {
    /// The first bytes of every delta: name and version of the format.
    static let magic = Array("ocm-delta/1\n".utf8)

    var json: JSON {
        var json: JSON = [
            "target": ["digest": .string(digest.description), "size": .number(JSONNumber(size))],
            "bases": .array(
                bases.map { base in
                    var json: JSON = [
                        "digest": .string(base.digest.description), "size": .number(JSONNumber(base.size)),
                    ]
                    if let expanded = base.expandedSize { json["expandedSize"] = .number(JSONNumber(expanded)) }
                    return json
                }),
        ]
        if let (recipe, size) = compression {
            json["gzip"] = [
                "head": .string(recipe.head.base64), "level": .number(JSONNumber(Int64(recipe.level))),
                "memory": .number(JSONNumber(Int64(recipe.memory))), "expandedSize": .number(JSONNumber(size)),
                "zlib": .string(GzipRecipe.zlibVersion),
            ]
        }
        return json
    }

    /// Reads the header's document.
    init(_ bytes: [UInt8], limits: DeltaLimits) throws(Fault) {
        let json = try JSON(parsing: bytes, source: "the header of the delta")
        guard let target = json["target"], let bases = json["bases"]?.array else {
            throw DeltaReader.damaged("its header is not complete")
        }
        guard bases.count <= limits.bases else {
            throw Fault(.limitExceeded, "the delta has \(bases.count) bases, more than \(limits.bases)")
        }
        (digest, size) = try Self.blob(target)
        self.bases = try bases.map { json throws(Fault) in
            let (digest, size) = try Self.blob(json)
            return Base(
                digest: digest, size: size, expandedSize: try json["expandedSize"].map(Self.size))
        }
        if let gzip = json["gzip"] {
            guard let head = gzip["head"]?.string.flatMap([UInt8].init(base64:)), let level = gzip["level"]?.int,
                let memory = gzip["memory"]?.int,
                let recipe = GzipRecipe(head: head, level: Int32(clamping: level), memory: Int32(clamping: memory))
            else { throw DeltaReader.damaged("its header does not say how to compress") }
            compression = (recipe, try Self.size(gzip["expandedSize"] ?? .null))
        } else {
            compression = nil
        }
        guard size <= limits.size, extent <= limits.size, self.bases.allSatisfy({ $0.extent <= limits.size }) else {
            throw Fault(
                .limitExceeded, "the delta speaks of more than the \(ByteCount(limits.size)) that are accepted here")
        }
    }

    private static func blob(_ json: JSON) throws(Fault) -> (Digest, Int64) {
        (try Digest(json["digest"]?.string ?? ""), try size(json["size"] ?? .null))
    }

    private static func size(_ json: JSON) throws(Fault) -> Int64 {
        guard let size = json.int, size >= 0 else { throw DeltaReader.damaged("its header has a size that is none") }
        return size
    }
}
