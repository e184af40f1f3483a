// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesKinds
internal import WebServer

/// The object in the body of a request.
struct BodyReading: Sendable {
    let json: JSON
    /// The paths of fields that are given twice.
    var repeatedFields: [String] = []

    /// The most bytes of a request, as Kubernetes' API server has it.
    static let bytes = 3 * 1024 * 1024
    /// How deep and how large documents in requests may be.
    static let limits: DocumentLimits = {
        var limits = DocumentLimits.standard
        limits.bytes = bytes
        limits.depth = 128
        limits.nodes = 100_000
        return limits
    }()

    init(json: JSON) { self.json = json }

    /// Reads JSON, YAML or, for built-in kinds, protobuf.
    init(_ bytes: [UInt8], mediaType: String, expecting kind: GroupVersionKind?) throws {
        switch mediaType {
        case "", "application/json": self = try Self.json(bytes)
        case "application/yaml": json = try Self.yaml(bytes)
        case ProtobufObject.mediaType:
            do { json = try ProtobufObject.decode(bytes, expecting: kind) } catch {
                throw error.code == .unsupported
                    ? APIStatus.unsupportedMediaType("application/json, application/yaml")
                    : Self.unreadable(error)
            }
        default:
            throw APIStatus.unsupportedMediaType("application/json, application/yaml, \(ProtobufObject.mediaType)")
        }
    }

    static func json(_ bytes: [UInt8]) throws -> BodyReading {
        do {
            let (json, repeated) = try JSON.toleratingRepeatedKeys(bytes, source: "the body", limits: limits)
            var reading = BodyReading(json: json)
            reading.repeatedFields = repeated
            return reading
        } catch { throw unreadable(error) }
    }

    static func yaml(_ bytes: [UInt8]) throws -> JSON {
        do { return try YAML.document(bytes, source: "the body", limits: limits).root } catch {
            throw unreadable(error)
        }
    }

    static func unreadable(_ fault: Fault) -> APIStatus {
        if fault.code == .limitExceeded { return .tooLarge("the object in the body is refused: \(fault.message)") }
        return .badRequest("the object provided is unrecognized (must be of type map): \(fault.message)")
    }

    /// The media type without parameters, in lower case.
    static func mediaType(_ field: String?) -> String {
        let type = field?.split(separator: ";", maxSplits: 1).first.map { $0.filter { $0 != " " } } ?? ""
        return type.lowercased()
    }
}
