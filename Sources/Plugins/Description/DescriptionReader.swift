// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Reads members of a description, each with errors that name the plug-in.
struct DescriptionReader {
    /// What errors call the plug-in.
    let source: String

    /// A short text on one line.
    func text(_ json: JSON?, _ name: String) throws(Fault) -> String {
        guard let text = json?.string, !text.isEmpty, text.utf8.count <= 1024, !text.utf8.contains(where: { $0 < 0x20 })
        else { throw Fault(.invalid, "\(source): '\(name)' is missing, or no text on one line of 1 to 1024 bytes") }
        return text
    }

    /// Nothing but these members.
    func expect(_ json: JSON, only names: Set<String>, in place: String) throws(Fault) {
        guard let members = json.object else { throw Fault(.invalid, "\(source): \(place) is no object") }
        for (name, _) in members where !names.contains(name) {
            throw Fault(
                .invalid,
                "\(source): \(place) has '\(name.prefix(60))', which \(PluginDescription.protocolVersion) does not know",
                fix: "leave it out")
        }
    }

    /// The name of a content. It names a file too, so it is a plain word.
    func name(_ json: JSON) throws(Fault) -> String {
        guard let name = json.string, name.isContentName else {
            throw Fault(
                .invalid, "\(source): '\(json.string?.prefix(60) ?? "")' is no name of a content",
                fix: "write a letter, then letters and digits, 64 at most")
        }
        return name
    }

    func names(_ json: JSON?) throws(Fault) -> [String] {
        guard let json else { return [] }
        guard let items = json.array, items.count <= 16 else {
            throw Fault(.invalid, "\(source): the names of files are no list of 16 at most")
        }
        var names: [String] = []
        for item in items { names.append(try name(item)) }
        return names
    }

    /// The schema of an object; one without members when none is given.
    func schema(_ json: JSON?, of thing: String) throws(Fault) -> ValueSchema {
        guard let json else { return try ValueSchema(["type": "object", "properties": [:]], of: thing) }
        do throws(Fault) {
            let schema = try ValueSchema(json, of: thing)
            guard json["type"] == "object", json["nullable"] == nil else {
                throw Fault(.invalid, "the schema of \(thing) does not have the type 'object'")
            }
            return schema
        } catch { throw error.during(source) }
    }

    /// No name twice, and none that the schema has too.
    func expectDistinct(
        _ contents: [String], _ schema: ValueSchema, _ kind: String, in place: String
    ) throws(Fault) {
        var seen = Set(schema.json["properties"]?.object?.keys ?? [])
        for name in contents {
            guard seen.insert(name).inserted else {
                throw Fault(.invalid, "\(source): \(place) describes the \(kind) '\(name)' twice")
            }
        }
    }
}

extension String {
    /// `NAME/VERSION`, where the name has letters, digits, dots and dashes and the version is one of Kubernetes' kind.
    var isOperationType: Bool {
        let parts = split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, utf8.count <= 128, let first = parts[0].utf8.first, first.isLetterOrDigit,
            parts[0].utf8.allSatisfy({ $0.isLetterOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }),
            parts[1].utf8.first == UInt8(ascii: "v")
        else { return false }
        return parts[1].utf8.count > 1 && parts[1].utf8.allSatisfy(\.isLetterOrDigit)
    }

    /// A letter, then letters and digits.
    var isContentName: Bool {
        guard let first = utf8.first, (first | 0x20) &- 0x61 < 26, utf8.count <= 64 else { return false }
        return utf8.allSatisfy(\.isLetterOrDigit)
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool { (self | 0x20) &- 0x61 < 26 || self &- 0x30 < 10 }
}
