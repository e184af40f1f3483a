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
        /// What of it the delta copies from.
        public let form: DeltaForm
        /// How many bytes can be copied from it.
        public let extent: Int64
    }

    /// The digest of the blob that is rebuilt.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// The blobs it copies from, in the order in which instructions count them.
    public let bases: [Base]
    /// What the instructions give.
    let result: Result
    /// How many bytes the instructions give.
    let extent: Int64

    /// What instructions give, and how the blob is made of it.
    enum Result: Sendable {
        case bytes
        case content(GzipRecipe)
        /// So many bytes about blocks, and then tokens.
        case tokens(blocks: Int64)

        var form: DeltaForm {
            switch self {
            case .bytes: .bytes
            case .content: .content
            case .tokens: .tokens
            }
        }
    }

    /// What the delta describes.
    public var form: DeltaForm { result.form }
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
                    if let key = base.form.sizeKey { json[key] = .number(JSONNumber(base.extent)) }
                    return json
                }),
        ]
        switch result {
        case .bytes: break
        case .content(let recipe):
            json["gzip"] = [
                "head": .string(recipe.head.base64), "level": .number(JSONNumber(Int64(recipe.level))),
                "memory": .number(JSONNumber(Int64(recipe.memory))), "expandedSize": .number(JSONNumber(extent)),
                "zlib": .string(GzipRecipe.zlibVersion),
            ]
        case .tokens(let blocks):
            json["gzip"] = [
                "blocksSize": .number(JSONNumber(blocks)), "tokensSize": .number(JSONNumber(extent)),
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
            let form = try Self.form(json)
            return Base(
                digest: digest, size: size, form: form,
                extent: try form.sizeKey.map { key throws(Fault) in try Self.size(json[key] ?? .null) } ?? size)
        }
        switch try json["gzip"].map(Self.form) {
        case nil: (result, extent) = (.bytes, size)
        case .tokens?:
            let blocks = try Self.size(json["gzip"]?["blocksSize"] ?? .null)
            (result, extent) = (.tokens(blocks: blocks), try Self.size(json["gzip"]?["tokensSize"] ?? .null))
            guard blocks <= extent else { throw DeltaReader.damaged("its header has more blocks than tokens") }
        default:
            guard let gzip = json["gzip"], let head = gzip["head"]?.string.flatMap([UInt8].init(base64:)),
                let level = gzip["level"]?.int, let memory = gzip["memory"]?.int,
                let recipe = GzipRecipe(head: head, level: Int32(clamping: level), memory: Int32(clamping: memory))
            else { throw DeltaReader.damaged("its header does not say how to compress") }
            (result, extent) = (.content(recipe), try Self.size(gzip["expandedSize"] ?? .null))
        }
        guard size <= limits.size, extent <= limits.size, self.bases.allSatisfy({ $0.extent <= limits.size }) else {
            throw Fault(
                .limitExceeded, "the delta speaks of more than the \(ByteCount(limits.size)) that are accepted here")
        }
        if case .tokens = result, extent > TokenForm.largestForm(ofGzip: size) {
            throw DeltaReader.damaged("it gives more tokens than a gzip of \(size) bytes has")
        }
    }

    private static func blob(_ json: JSON) throws(Fault) -> (Digest, Int64) {
        (try Digest(json["digest"]?.string ?? ""), try size(json["size"] ?? .null))
    }

    /// The form whose size is there.
    private static func form(_ json: JSON) throws(Fault) -> DeltaForm {
        switch (json["expandedSize"], json["tokensSize"]) {
        case (nil, nil): return .bytes
        case (_, nil): return .content
        case (nil, _): return .tokens
        default: throw DeltaReader.damaged("its header describes content and tokens at once")
        }
    }

    private static func size(_ json: JSON) throws(Fault) -> Int64 {
        guard let size = json.int, size >= 0 else { throw DeltaReader.damaged("its header has a size that is none") }
        return size
    }
}
