// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import OCI

/// `file`: the bytes of one file, compressed on the way when asked to.
struct FileInput {
    let path: String
    let mediaType: String?
    let compress: Bool

    init(_ fields: InputFields, _ files: InputFiles) throws(Fault) {
        try fields.allow(["path", "mediaType", "compress"])
        path = try files.resolve(fields.required("path"), for: fields.thing)
        mediaType = try fields.text("mediaType")
        compress = try fields.flag("compress")
        guard try FileSystem.entry(at: path)?.kind == .file else {
            throw Fault(.invalid, "\(fields.thing): \(path) is no file", fix: "use an input of type dir for a folder")
        }
    }

    func content() throws -> BlobContent {
        let path = path
        guard !compress else {
            let type = mediaType.map(compressedMediaType) ?? "application/gzip"
            return BlobContent(mediaType: type) { try ByteStream(file: path).gzipped() }
        }
        let size = try FileSystem.entry(at: path)?.size ?? 0
        return BlobContent(mediaType: mediaType ?? MediaType.octetStream.rawValue, size: size, file: (path, 0..<size)) {
            try ByteStream(file: path)
        }
    }
}

/// The media type of compressed content: a type that does not say so gets `+gzip`, as the newer tools write it.
func compressedMediaType(_ mediaType: String) -> String {
    let saysSo = mediaType.hasSuffix("+gzip") || mediaType.hasSuffix("/gzip") || mediaType.hasSuffix("tgz")
    return saysSo ? mediaType : mediaType + "+gzip"
}
