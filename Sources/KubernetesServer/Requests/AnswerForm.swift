// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes
internal import Web

/// The form in which a client wants objects.
struct AnswerForm: Sendable, Equatable {
    enum Shape: Sendable, Equatable {
        /// As they are.
        case object
        /// Rows for people; `version` is that of `meta.k8s.io`.
        case table(version: String)
        /// Only the metadata.
        case metadata(version: String)
    }
    var shape = Shape.object
    /// Whether it is written as YAML.
    var isYAML = false

    var mediaType: String {
        let base = isYAML ? "application/yaml" : "application/json"
        switch shape {
        case .object, .table, .metadata: return base
        }
    }

    /// The first form a client accepts that there is. Without `Accept`, JSON.
    ///
    /// - Parameter shapes: whether tables and metadata make sense for what is asked for.
    init(_ headers: HTTPHeaders, shapes: Bool) throws(APIStatus) {
        let fields = headers.values(for: "Accept").filter { $0.utf8.contains { $0 != UInt8(ascii: " ") } }
        // The two that most requests send need no reading.
        guard !fields.isEmpty, fields != ["application/json"], fields != ["*/*"] else { return }
        var ranges = fields.flatMap { $0.utf8.split(separator: UInt8(ascii: ",")).prefix(64) }
            .compactMap { MediaRange(Substring($0)) }
        // Equal weights keep their order.
        ranges = ranges.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .map(\.element)
        for range in ranges {
            guard let form = Self.form(range, shapes: shapes) else { continue }
            self = form
            return
        }
        throw APIStatus.notAcceptable("application/json, application/yaml")
    }

    private static func form(_ range: MediaRange, shapes: Bool) -> AnswerForm? {
        var form = AnswerForm(shape: .object)
        switch range.type {
        case "application/json", "*/*", "application/*": break
        case "application/yaml": form.isYAML = true
        default: return nil
        }
        guard let kind = range.parameters["as"] else { return form }
        guard range.parameters["g"] == "meta.k8s.io", let version = range.parameters["v"],
            version == "v1" || version == "v1beta1", shapes
        else { return nil }
        switch kind {
        case "Table": form.shape = .table(version: version)
        case "PartialObjectMetadata", "PartialObjectMetadataList": form.shape = .metadata(version: version)
        default: return nil
        }
        return form
    }

    private init(shape: Shape) { self.shape = shape }
}

/// One of the media types in `Accept`, with its parameters.
struct MediaRange {
    let type: String
    var parameters: [String: String] = [:]
    /// From 0 to 1000.
    var weight = 1000

    init?(_ text: Substring) {
        let parts = text.utf8.split(separator: UInt8(ascii: ";")).map { Self.trimmed(Substring($0)) }
        guard let first = parts.first, first.utf8.contains(UInt8(ascii: "/")) else { return nil }
        type = first.lowercased()
        for part in parts.dropFirst().prefix(16) {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let name = part[..<equals].lowercased()
            var value = String(part[part.index(after: equals)...])
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = String(value.dropFirst().dropLast())
            }
            if name == "q" { weight = Self.weight(value) } else { parameters[name] = value }
        }
        guard weight > 0 else { return nil }
    }

    /// What is no number from 0 to 1 (RFC 9110, 12.4.2) is taken as the nearest one, or as 1.
    private static func weight(_ text: String) -> Int {
        guard let number = Double(text), number.isFinite else { return 1000 }
        return Int(min(max(number, 0), 1) * 1000)
    }

    private static func trimmed(_ text: Substring) -> String {
        // By bytes: this runs several times for every request.
        var bytes = text.utf8.drop { Self.isSpace($0) }
        while let last = bytes.last, Self.isSpace(last) { bytes.removeLast() }
        return String(Substring(bytes))
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
