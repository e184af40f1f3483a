// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A path to values of a document: `spec.template.spec.containers[name=app].image`, `**.image`.
///
/// | part | means |
/// |---|---|
/// | `key` | the member of that name |
/// | `"a.b"`, `'a.b'`, `["a.b"]`, `a\.b` | a name with dots or other signs |
/// | `[2]` | the third element |
/// | `[*]` | all elements |
/// | `*` | all members or elements |
/// | `[name=app]`, `[meta.name="a b"]` | the elements with a member of that text |
/// | `**` | any number of levels, none too |
public struct ValuePath: Hashable, Sendable, CustomStringConvertible {
    /// One part of a path.
    enum Segment: Hashable, Sendable {
        case key(String)
        case index(Int)
        case elements
        case children
        case selection(keys: [String], text: String)
        case descent
    }

    /// The parts; at least one.
    let segments: [Segment]
    /// The path as it was written.
    public let description: String

    /// The most bytes of a path.
    static let lengthLimit = 4096
    /// The most parts of a path.
    static let segmentLimit = 100
    /// Each `**` multiplies the work by the depth of the document.
    static let descentLimit = 3

    /// Reads a path. Throws `invalid` with the place of what is wrong.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.count <= Self.lengthLimit else {
            throw Fault(.limitExceeded, "the path “\(text.prefix(60))…” has more than \(Self.lengthLimit) bytes")
        }
        var parser = PathParser(text)
        self.init(segments: try parser.segments(), description: text)
        guard segments.count <= Self.segmentLimit else {
            throw Fault(.limitExceeded, "the path “\(text.prefix(60))…” has more than \(Self.segmentLimit) parts")
        }
        guard segments.filter({ $0 == .descent }).count <= Self.descentLimit else {
            throw Fault(.limitExceeded, "the path “\(text.prefix(60))” has more than \(Self.descentLimit) “**”")
        }
    }

    /// The path of these names.
    init(keys: [String]) {
        self.init(segments: keys.map { .key($0) }, description: keys.joined(separator: "."))
    }

    /// The path of these parts.
    init(joined segments: [Segment]) { self.init(segments: segments, description: Self.text(segments)) }

    private init(segments: [Segment], description: String) {
        (self.segments, self.description) = (segments, description)
    }

    /// The path without its last parts; nil when none would be left.
    func dropping(last count: Int) -> ValuePath? {
        guard count < segments.count else { return nil }
        let kept = Array(segments.dropLast(count))
        return ValuePath(segments: kept, description: Self.text(kept))
    }

    /// The names at the end of the path, from the last part that is no name on.
    var trailingKeys: [String] {
        var keys: [String] = []
        for case .key(let key) in segments.reversed().prefix(while: { if case .key = $0 { true } else { false } }) {
            keys.append(key)
        }
        return keys.reversed()
    }

    private static func text(_ segments: [Segment]) -> String {
        var text = ""
        for segment in segments {
            switch segment {
            case .key(let key):
                let isPlain = key.utf8.allSatisfy {
                    ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x5F || $0 == 0x2D
                }
                text += (text.isEmpty ? "" : ".") + (isPlain && !key.isEmpty ? key : "\"\(key)\"")
            case .index(let index): text += "[\(index)]"
            case .elements: text += "[*]"
            case .selection(let keys, let value): text += "[\(keys.joined(separator: "."))=\(value)]"
            case .children: text += text.isEmpty ? "*" : ".*"
            case .descent: text += text.isEmpty ? "**" : ".**"
            }
        }
        return text
    }
}
