// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A value of a configuration with its place, so that every mistake is named where it stands.
public struct ConfigurationNode {
    /// The whole document.
    public let document: LocatedDocument
    /// Where the value stands in it.
    public let pointer: JSONPointer
    /// The value.
    public let value: JSON

    /// A value of a document; null when there is none at the place.
    public init(_ document: LocatedDocument, at pointer: JSONPointer = JSONPointer()) {
        var value: JSON? = document.root
        for part in pointer.parts { value = value?[part] }
        self.init(document: document, pointer: pointer, value: value ?? .null)
    }

    init(document: LocatedDocument, pointer: JSONPointer, value: JSON) {
        (self.document, self.pointer, self.value) = (document, pointer, value)
    }

    /// `file:line:column`.
    public var place: String { document.place(of: pointer) }
    /// The name of the member, or the number of the element.
    private var name: String { pointer.parts.last ?? "the configuration" }

    /// A mistake at this place.
    public func fault(_ message: String, fix: String) -> Fault { Fault(.invalid, "\(place): \(message)", fix: fix) }

    private func expected(_ kind: String, _ example: String) -> Fault {
        fault("“\(name)” is a \(value.kindName) where \(kind) is expected", fix: "write \(example)")
    }

    /// A member that is there and not null.
    public subscript(key: String) -> ConfigurationNode? {
        guard let member = value[key], member != .null else { return nil }
        return ConfigurationNode(document: document, pointer: pointer.appending(key), value: member)
    }

    /// Refuses members that mean nothing: a misspelled rule must not be one that is missing.
    public func allowOnly(_ known: [String]) throws(Fault) {
        guard let object = value.object else { throw expected("an object", "its members, indented") }
        for key in object.keys where !known.contains(key) {
            let place = document.place(of: pointer.appending(key))
            let meant = Spelling.nearest(to: key, among: known)
            throw Fault(
                .invalid, "\(place): there is no setting “\(key)” here",
                fix: meant.map { "did you mean “\($0)”?" } ?? "use one of: \(known.joined(separator: ", "))")
        }
    }

    /// A member that must be there.
    public func required(_ key: String, _ example: String) throws(Fault) -> ConfigurationNode {
        guard let member = self[key] else { throw fault("“\(key)” is missing", fix: "add it, such as \(example)") }
        return member
    }

    /// A text that is not empty.
    public func text() throws(Fault) -> String {
        guard let text = value.string, !text.isEmpty else { throw expected("a text", "a text, in quotes if need be") }
        return text
    }

    /// A path; one that is not absolute is taken from the folder of the configuration.
    public func path(in folder: String) throws(Fault) -> String { FileSystem.join(folder, try text()) }

    /// True or false.
    public func flag() throws(Fault) -> Bool {
        guard let flag = value.bool else { throw expected("true or false", "true or false") }
        return flag
    }

    /// A whole number within bounds.
    public func number(_ range: ClosedRange<Int64>) throws(Fault) -> Int64 {
        guard let number = value.int, range.contains(number) else {
            throw fault(
                "“\(name)” is no whole number from \(range.lowerBound) to \(range.upperBound)",
                fix: "write a number within these bounds")
        }
        return number
    }

    /// A span of time in seconds, written as a number or as `30s`, `5m`, `12h`.
    public func seconds(_ range: ClosedRange<Int64>) throws(Fault) -> Int64 {
        var seconds = value.int
        if let text = value.string, let factor = ["s": 1, "m": 60, "h": 3600][String(text.suffix(1))] as Int64?,
            let count = Int64(text.dropLast()), count >= 0, count < 1_000_000
        {
            seconds = count * factor
        }
        guard let seconds, range.contains(seconds) else {
            throw fault(
                "“\(name)” is no time from \(range.lowerBound) to \(range.upperBound) seconds",
                fix: "write it as 30s, 5m or 12h")
        }
        return seconds
    }

    /// A number of bytes, written as a number or as `512 MiB`, `10GB`.
    public func bytes(_ range: ClosedRange<Int64>) throws(Fault) -> Int64 {
        let bytes = value.int ?? value.string.flatMap { ByteCount(parsing: $0)?.bytes }
        guard let bytes, range.contains(bytes) else {
            throw fault(
                "“\(name)” is no size from \(ByteCount(range.lowerBound)) to \(ByteCount(range.upperBound))",
                fix: "write it as 512MiB or 10GB")
        }
        return bytes
    }

    /// One of the names of an enumeration.
    public func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type = Choice.self) throws(Fault)
        -> Choice
    where Choice.RawValue == String {
        guard let choice = value.string.flatMap({ Choice(rawValue: $0) }) else {
            let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw fault("“\(name)” is none of what can stand here", fix: "use one of: \(names)")
        }
        return choice
    }

    /// The elements of a list, at most so many.
    public func elements(limit: Int) throws(Fault) -> [ConfigurationNode] {
        guard let items = value.array else { throw expected("a list", "a list, such as [a, b]") }
        guard items.count <= limit else {
            throw Fault(
                .limitExceeded, "\(place): “\(name)” has more than \(limit) elements", fix: "use groups and patterns")
        }
        return items.indices.map {
            ConfigurationNode(document: document, pointer: pointer.appending($0), value: items[$0])
        }
    }

    /// The members of an object, at most so many.
    public func members(limit: Int) throws(Fault) -> [(name: String, node: ConfigurationNode)] {
        guard let object = value.object else { throw expected("an object", "its members, indented") }
        guard object.count <= limit else {
            throw Fault(.limitExceeded, "\(place): “\(name)” has more than \(limit) members")
        }
        return object.map { key, value in
            (key, ConfigurationNode(document: document, pointer: pointer.appending(key), value: value))
        }
    }
}
