// SPDX-License-Identifier: Apache-2.0

/// A document with the places of its values in the text it was read from.
public struct LocatedDocument: Sendable {
    /// The value.
    public let root: JSON
    /// What it was read from, for messages.
    public let source: String
    let marks: [PositionMark]

    init(root: JSON, source: String, marks: [PositionMark]) {
        (self.root, self.source, self.marks) = (root, source, marks)
    }

    /// A document that was not read from a text: its values have no places.
    public init(_ root: JSON, source: String) { self.init(root: root, source: source, marks: []) }

    /// Where a value stands, a member at its key.
    ///
    /// For a value that is missing, or came through an alias or a merge, where the nearest value above it stands.
    public func position(of pointer: JSONPointer) -> SourcePosition? {
        guard !marks.isEmpty else { return nil }
        var index = 0, value = root
        for part in pointer.parts {
            guard let (ordinal, next) = Self.child(part, of: value) else { break }
            var child = index + 1
            let end = index + Int(marks[index].size)
            for _ in 0..<ordinal where child < end { child += Int(marks[child].size) }
            guard child < end else { break }
            (index, value) = (child, next)
        }
        return SourcePosition(line: Int(marks[index].line), column: Int(marks[index].column))
    }

    /// `file:line:column` of a value, for messages.
    public func place(of pointer: JSONPointer) -> String {
        position(of: pointer).map { "\(source):\($0)" } ?? source
    }

    private static func child(_ part: String, of value: JSON) -> (ordinal: Int, value: JSON)? {
        switch value {
        case .object(let object):
            guard let ordinal = object.position(of: part), let next = object[part] else { return nil }
            return (ordinal, next)
        case .array(let items):
            guard let ordinal = Int(part), items.indices.contains(ordinal) else { return nil }
            return (ordinal, items[ordinal])
        default: return nil
        }
    }
}

/// Where one value stands; the marks of a document follow each other as its values do in the text.
///
/// Twelve bytes for each value, where a table by path would cost more than the document.
struct PositionMark: Sendable {
    var line: UInt32
    var column: UInt32
    /// The marks of the value and of all in it; 1 for an alias, whatever it stands for.
    var size: UInt32 = 1

    init(_ position: SourcePosition) {
        (line, column) = (UInt32(clamping: position.line), UInt32(clamping: position.column))
    }
}
