// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Documents

/// `utf8`: text, or a value written as JSON or YAML, given in the constructor itself.
struct TextInput {
    let bytes: [UInt8]
    let mediaType: String
    let compress: Bool

    init(_ fields: InputFields) throws(Fault) {
        let forms = ["text", "json", "formattedJson", "yaml"]
        try fields.allow(forms + ["mediaType", "compress"])
        let given = forms.filter { fields.json[$0] != nil }
        guard given.count == 1, let form = given.first, let value = fields.json[form] else {
            throw Fault(
                .invalid, "the input of \(fields.thing) needs exactly one of \(forms.joined(separator: ", "))",
                fix: given.isEmpty ? "add “text”" : "keep one of \(given.joined(separator: ", "))")
        }
        switch form {
        case "text": bytes = Array(try fields.required("text").utf8)
        case "json": bytes = value.encoded(sortedKeys: true)
        case "formattedJson": bytes = Array(value.pretty(sortedKeys: true).utf8)
        default: bytes = Array(YAML.text(value).utf8)
        }
        let usual = ["text": "text/plain", "yaml": "application/x-yaml"][form] ?? "application/json"
        mediaType = try fields.text("mediaType") ?? usual
        compress = try fields.flag("compress")
    }

    func content() throws -> BlobContent {
        guard compress else { return BlobContent(mediaType: mediaType, bytes: bytes) }
        let bytes = bytes
        return BlobContent(mediaType: compressedMediaType(mediaType)) { ByteStream(bytes).gzipped() }
    }
}

/// `binary`: bytes given in the constructor as Base64 (RFC 4648 section 4).
struct BinaryInput {
    let bytes: [UInt8]
    let mediaType: String
    let compress: Bool

    init(_ fields: InputFields) throws(Fault) {
        try fields.allow(["data", "mediaType", "compress"])
        guard let bytes = [UInt8](base64: try fields.required("data")) else {
            throw Fault(
                .invalid, "“data” in the input of \(fields.thing) is not Base64", fix: "encode it with `base64`")
        }
        self.bytes = bytes
        mediaType = try fields.text("mediaType") ?? "application/octet-stream"
        compress = try fields.flag("compress")
    }

    func content() throws -> BlobContent {
        guard compress else { return BlobContent(mediaType: mediaType, bytes: bytes) }
        let bytes = bytes
        return BlobContent(mediaType: compressedMediaType(mediaType)) { ByteStream(bytes).gzipped() }
    }
}
