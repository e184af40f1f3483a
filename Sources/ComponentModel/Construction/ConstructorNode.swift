// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// A value of a constructor that knows where it stands, so that every error names file, line, column and path.
struct ConstructorNode {
    let document: FilledDocument
    let json: JSON
    let pointer: JSONPointer

    init(_ document: FilledDocument) {
        (self.document, json, pointer) = (document, document.document.root, JSONPointer())
    }

    private init(_ document: FilledDocument, _ json: JSON, _ pointer: JSONPointer) {
        (self.document, self.json, self.pointer) = (document, json, pointer)
    }

    /// A member; nil when it is missing or `null`.
    subscript(key: String) -> ConstructorNode? {
        guard let value = json[key], value != .null else { return nil }
        return ConstructorNode(document, value, pointer.appending(key))
    }

    /// `file:line:column`.
    var place: String { document.place(of: pointer) }

    /// `components[0].resources[1].input`.
    var path: String { Self.path(pointer) }

    private static func path(_ pointer: JSONPointer) -> String {
        var path = ""
        for part in pointer.parts {
            path += Int(part) != nil ? "[\(part)]" : path.isEmpty ? part : ".\(part)"
        }
        return path.isEmpty ? "the document" : path
    }

    /// An error about this value.
    func fault(_ what: String, fix: String? = nil, code: Fault.Code = .invalid) -> Fault {
        Fault(code, "\(place): \(path) \(what)", fix: fix)
    }

    /// An error about a member, at its name when it is there.
    func fault(at key: String, _ what: String, fix: String? = nil, code: Fault.Code = .invalid) -> Fault {
        let member = pointer.appending(key)
        return Fault(code, "\(document.place(of: member)): \(Self.path(member)) \(what)", fix: fix)
    }

    /// Checks that this is an object with known fields only.
    func object(_ fields: [String], of kind: String) throws(Fault) {
        guard let object = json.object else {
            throw fault(
                "is a \(json.kindName), not an object", fix: "known fields are \(fields.joined(separator: ", "))")
        }
        for key in object.keys where !fields.contains(key) {
            let fix = Spelling.nearest(to: key, among: fields).map { "did you mean “\($0)”?" }
            throw fault(
                at: key, "is no field of a \(kind)", fix: fix ?? "known fields are \(fields.joined(separator: ", "))")
        }
    }

    /// The members of a list; none when it is missing.
    func list(_ key: String) throws(Fault) -> [ConstructorNode] {
        guard let node = self[key] else { return [] }
        guard let items = node.json.array else {
            throw node.fault("is a \(node.json.kindName), not a list", fix: "begin each entry with “- ”")
        }
        return items.enumerated().map { ConstructorNode(document, $0.element, node.pointer.appending($0.offset)) }
    }

    /// The text of a member that must be there.
    func text(_ key: String) throws(Fault) -> String {
        guard let text = try optionalText(key) else { throw fault("has no “\(key)”", fix: "add “\(key)”") }
        return text
    }

    /// The text of a member; nil when it is missing.
    func optionalText(_ key: String) throws(Fault) -> String? {
        guard let node = self[key] else { return nil }
        switch node.json {
        case .string(let text):
            guard !text.isEmpty else { throw node.fault("is empty", fix: "give it a value") }
            return text
        case .number(let number):
            throw node.fault("is a number, not a string", fix: "write it in quotes: \"\(number.text)\"")
        default:
            throw node.fault("is a \(node.json.kindName), not a string", fix: "write it in quotes")
        }
    }

    /// A flag; nil when it is missing.
    func flag(_ key: String) throws(Fault) -> Bool? {
        guard let node = self[key] else { return nil }
        guard let flag = node.json.bool else { throw node.fault("is a \(node.json.kindName), not true or false") }
        return flag
    }

    /// Runs a check whose errors are about a member.
    func located<Result>(_ key: String, _ body: () throws(Fault) -> Result) throws(Fault) -> Result {
        do { return try body() } catch {
            throw fault(at: key, "is wrong: \(error.message)", fix: error.fix, code: error.code)
        }
    }
}
