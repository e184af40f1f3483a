// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// The document of all versions at `/openapi/v2`: what kubectl up to 1.26, Helm and others ask for.
///
/// Written piece by piece: of what it is made from, only the version that is being added is in memory besides its bytes.
public struct SwaggerDocument {
    /// How it is written.
    public enum Form: Sendable, Hashable, CaseIterable {
        /// Swagger 2.0 as JSON.
        case json
        /// A message `openapi.v2.Document` of gnostic.
        case protobuf
    }
    private let form: Form
    private var paths: [UInt8] = []
    private var definitions: [UInt8] = []
    private var names: Set<String> = []

    /// A document that describes nothing yet.
    public init(_ form: Form) { self.form = form }

    /// Adds what an OpenAPI 3 document of one version describes, as `OpenAPIDocument.document` makes it.
    ///
    /// Of paths and definitions of one name the first counts.
    public mutating func add(_ document: JSON) {
        for (path, item) in document["paths"]?.object ?? [:] where names.insert(path).inserted {
            write(path, SwaggerPath.converted(item), into: \.paths, number: 2, SwaggerMessage.pathItem)
        }
        for (name, schema) in document["components"]?["schemas"]?.object ?? [:] where names.insert(name).inserted {
            write(name, SwaggerSchema.converted(schema), into: \.definitions, number: 1, SwaggerMessage.schema)
        }
    }

    private mutating func write(
        _ name: String, _ value: JSON, into place: WritableKeyPath<SwaggerDocument, [UInt8]>, number: Int,
        _ message: (JSON) -> ProtobufWriter
    ) {
        switch form {
        case .json:
            if !self[keyPath: place].isEmpty { self[keyPath: place].append(UInt8(ascii: ",")) }
            self[keyPath: place] += JSON.string(name).encoded() + [UInt8(ascii: ":")] + value.encoded()
        case .protobuf:
            var writer = ProtobufWriter()
            writer.message(number, SwaggerMessage.named(name, message(value)))
            self[keyPath: place] += writer.bytes
        }
    }

    /// The document with all that was added.
    public var bytes: [UInt8] {
        switch form {
        case .json:
            let start = Array("{\"swagger\":\"2.0\",\"info\":{\"title\":\"Kubernetes\",\"version\":\"v1.32.0\"},".utf8)
            return start + Array("\"paths\":{".utf8) + paths + Array("},\"definitions\":{".utf8) + definitions
                + Array("}}".utf8)
        case .protobuf:
            var info = ProtobufWriter()
            info.text(1, "Kubernetes")
            info.text(2, "v1.32.0")
            var document = ProtobufWriter()
            document.text(1, "2.0")
            document.message(2, info)
            document.bytes(8, paths)
            document.bytes(9, definitions)
            return document.bytes
        }
    }
}
