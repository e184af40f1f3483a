// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Kubernetes

/// Reads the fields of a specification strictly: what is there has its type, what must be there is.
struct SpecificationReader {
    let json: JSON
    /// Where it stands: `spec`, `spec.verify[0]`.
    let path: String

    init(_ json: JSON?, _ path: String) throws(Fault) {
        guard let json, json.object != nil else {
            throw Fault(.invalid, "\(path) is missing or no object", fix: "see kubectl explain")
        }
        (self.json, self.path) = (json, path)
    }

    init(of object: KubernetesObject) throws(Fault) { try self.init(object.json["spec"], "spec") }

    /// A text that may be missing; an empty one counts as missing.
    func optionalText(_ key: String) throws(Fault) -> String? {
        switch json[key] {
        case nil, .null: return nil
        case .string(let text): return text.isEmpty ? nil : text
        case let other?: throw Fault(.invalid, "\(path).\(key) is a \(other.kindName), not a string")
        }
    }

    func text(_ key: String) throws(Fault) -> String {
        guard let text = try optionalText(key) else {
            throw Fault(.invalid, "\(path).\(key) is missing", fix: "set it")
        }
        return text
    }

    func member(_ key: String) throws(Fault) -> SpecificationReader {
        try SpecificationReader(json[key], "\(path).\(key)")
    }

    /// The elements of a list that may be missing.
    func list(_ key: String) throws(Fault) -> [SpecificationReader] {
        guard let value = json[key], value != .null else { return [] }
        guard let items = value.array else {
            throw Fault(.invalid, "\(path).\(key) is a \(value.kindName), not a list")
        }
        var readers: [SpecificationReader] = []
        for (index, item) in items.enumerated() {
            readers.append(try SpecificationReader(item, "\(path).\(key)[\(index)]"))
        }
        return readers
    }

    /// The members of an object whose values are texts.
    func texts() throws(Fault) -> [String: String] {
        var texts: [String: String] = [:]
        for (key, value) in json.object ?? JSONObject() {
            guard let text = value.string else { throw Fault(.invalid, "\(path).\(key) is no string") }
            texts[key] = text
        }
        return texts
    }

    func word<Word: RawRepresentable & CaseIterable>(
        _ key: String, byDefault word: Word
    ) throws(Fault) -> Word where Word.RawValue == String {
        guard let text = try optionalText(key) else { return word }
        guard let word = Word(rawValue: text) else {
            throw Fault(
                .invalid, "\(path).\(key) is “\(text.prefix(60))”",
                fix: "use one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }

    /// A span of time as Go writes it, above zero; what is below `floor` counts as that.
    func interval(_ key: String) throws(Fault) -> Duration? {
        guard let text = try optionalText(key) else { return nil }
        guard let span = TimeSpan(go: text), span > .zero else {
            throw Fault(
                .invalid, "\(path).\(key) is “\(text.prefix(60))”, which is no interval",
                fix: "write it as in 10m or 1h30m")
        }
        return max(.nanoseconds(span.nanoseconds), Self.shortestInterval)
    }

    /// The shortest interval that is kept; less would only burn time.
    static let shortestInterval = Duration.seconds(1)
}
