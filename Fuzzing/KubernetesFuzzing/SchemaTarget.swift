// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesSchemas

/// Reads a schema and objects of the fuzzer: JSON, each on a line, the schema first; a line that starts with `{.` is a
/// path. The second object is an update of the first.
///
/// What has to hold: pruning and defaults change nothing the second time, an object that is admitted is found to be the
/// same as often as it is validated, and an update that changes nothing is no worse than what was there.
public enum SchemaTarget {
    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 16_384 else { return }
        let lines = bytes.split(separator: 0x0A).prefix(6)
        var documentLimits = DocumentLimits()
        (documentLimits.depth, documentLimits.nodes) = (64, 2_000)
        let documents = lines.compactMap { try? JSON(parsing: Array($0), source: "it", limits: documentLimits) }
        guard let first = documents.first else { return }
        for line in lines where line.starts(with: "{.".utf8) {
            guard let path = try? JSONPath(String(decoding: line, as: UTF8.self)) else { continue }
            for document in documents { show((try? path.text(in: document)) ?? "") }
        }
        do { _ = try CustomResourceDefinition(CustomResourceDefinition.defaulted(first)) } catch {
            show(error.description)
        }
        guard let schema = try? StructuralSchema(first) else { return }
        let component = schema.openAPI(group: "a.b", version: "v1", kind: "K")
        show(component.text())
        for form in SwaggerDocument.Form.allCases {
            var document = SwaggerDocument(form)
            document.add(["components": ["schemas": ["K": component]]])
            let bytes = document.bytes
            precondition(!bytes.isEmpty, "the document is empty")
            guard form == .json else { continue }
            precondition((try? JSON(parsing: bytes, source: "it"))?["definitions"]?["K"] != nil, "it is no JSON")
        }
        check(Array(documents.dropFirst()), schema)
    }

    private static func check(_ documents: [JSON], _ schema: StructuralSchema) {
        var limits = ValidationLimits()
        (limits.steps, limits.perCall, limits.perObject) = (100_000, 20_000, 100_000)
        var old: JSON?
        for document in documents {
            guard let (admitted, unknown) = try? schema.admitted(document) else { continue }
            unknown.asUnknownFields.forEach(show)
            precondition(schema.pruned(admitted).object == admitted, "pruning is not done at once")
            precondition((try? schema.defaulted(admitted)) == admitted, "defaults are not there at once")
            let result = schema.validate(admitted, old: old, limits: limits)
            result.errors.forEach { show($0.description) }
            let again = schema.validate(admitted, old: old, limits: limits)
            precondition(result.errors == again.errors, "validating twice finds different errors")
            if schema.validate(admitted, limits: limits).isValid {
                _ = schema.validate(admitted, old: admitted, limits: limits)
                if let old { _ = schema.validateStatus(admitted, old: old, limits: limits) }
            }
            old = admitted
        }
    }

    /// Makes sure that a text is made.
    @inline(never)
    private static func show(_ text: String) { precondition(text.utf8.count < 1 << 30) }
}
