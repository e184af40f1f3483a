// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
public import Kubernetes

/// Objects in the protobuf form of Kubernetes: four bytes of magic, then a `runtime.Unknown` with the object's message.
///
/// Source: `k8s.io/apimachinery/pkg/runtime/serializer/protobuf` and the field numbers of `k8s.io/api` of 1.32.
public enum ProtobufObject {
    /// What requests call it.
    public static let mediaType = "application/vnd.kubernetes.protobuf"
    /// `k8s` and a zero byte.
    static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0]

    /// The JSON of an object: what the same client would have sent as JSON, without members that are null.
    ///
    /// Fields that are not known are skipped.
    /// - Parameter expected: the kind when the bytes name none.
    /// - Throws: `Fault` with `invalid` for bytes that are no such object, `limitExceeded`, and `unsupported` for kinds
    ///   that are not built in.
    public static func decode(
        _ bytes: [UInt8], expecting expected: GroupVersionKind? = nil, limits: ProtobufLimits = .standard
    ) throws(Fault) -> JSON {
        guard bytes.count <= limits.bytes else {
            throw Fault(.limitExceeded, "the protobuf body has \(bytes.count) bytes, more than \(limits.bytes)")
        }
        guard bytes.starts(with: magic) else { throw WireReader.damaged("it does not begin with k8s and a zero byte") }
        let envelope = try Envelope(bytes[magic.count...])
        guard envelope.encoding.isEmpty, envelope.mediaType.isEmpty || envelope.mediaType == mediaType else {
            throw Fault(
                .unsupported, "the protobuf body holds content of another form",
                fix: "send the object as JSON or in the plain protobuf form")
        }
        var kind = GroupVersionKind(apiVersion: envelope.apiVersion, kind: envelope.kind)
        if envelope.kind.isEmpty, let expected { kind = expected }
        guard let type = TypeTable.builtin.type(of: kind) else {
            throw Fault(
                .unsupported, "the protobuf form of \(kind) is not known", fix: "send objects of this kind as JSON")
        }
        var object: JSONObject = ["kind": .string(kind.kind), "apiVersion": .string(kind.apiVersion)]
        var decoder = ProtobufDecoder(limits: limits)
        try decoder.decode(envelope.raw, as: type, into: &object, depth: 1)
        return .object(object)
    }
}

/// How much of a protobuf body is accepted.
public struct ProtobufLimits: Sendable {
    /// The most bytes.
    public var bytes = 3 * 1024 * 1024
    /// How deep messages may be nested.
    public var depth = 64
    /// The most values.
    public var values = 400_000

    /// The limits above.
    public init() {}
    /// The limits above.
    public static let standard = ProtobufLimits()
}

/// The fields of a `runtime.Unknown`.
private struct Envelope {
    var apiVersion = ""
    var kind = ""
    var raw: ArraySlice<UInt8> = []
    var encoding = ""
    var mediaType = ""

    init(_ bytes: ArraySlice<UInt8>) throws(Fault) {
        var reader = WireReader(bytes)
        while let (number, value) = try reader.next() {
            guard case .bytes(let content) = value else { continue }
            switch number {
            case 1:
                var inner = WireReader(content)
                while let (number, value) = try inner.next() {
                    guard case .bytes(let text) = value else { continue }
                    if number == 1 { apiVersion = try ProtobufDecoder.text(text) }
                    if number == 2 { kind = try ProtobufDecoder.text(text) }
                }
            case 2: raw = content
            case 3: encoding = try ProtobufDecoder.text(content)
            case 4: mediaType = try ProtobufDecoder.text(content)
            default: break
            }
        }
    }
}
