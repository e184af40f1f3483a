// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A document with the bytes of each of its values, for changing a text where it stands.
///
/// The values are those that `YAML.documents` reads, with all of its checks and limits; the nodes say how they are
/// written: an alias is a node of its own here.
public struct SourceTree: Sendable {
    /// The values.
    public let document: LocatedDocument
    /// All nodes; each names others by their index.
    public let nodes: [SourceNode]
    /// The node of the whole document.
    public let root: Int
    /// Whether the text is JSON, so that what is written into it has to be JSON too.
    public let isJSON: Bool

    /// All documents of a text; one without content is left out.
    public static func documents(
        _ bytes: [UInt8], source: String, limits: DocumentLimits = .standard
    ) throws(Fault) -> [SourceTree] {
        let documents = try YAML.documents(bytes, source: source, limits: limits)
        if let (_, starts) = YAML.located(bytes.span, source: source, limits: limits) {
            return documents.map { document in
                var builder = JSONNodeBuilder(starts: starts)
                let root = builder.node(document.root)
                return SourceTree(document: document, nodes: builder.nodes, root: root, isJSON: true)
            }
        }
        var builder = try YAMLNodeBuilder(bytes, source: source)
        var trees: [SourceTree] = []
        for document in documents {
            let (nodes, root) = try builder.next(document.root)
            trees.append(SourceTree(document: document, nodes: nodes, root: root, isJSON: false))
        }
        return trees
    }

    /// The node that an alias stands for; any other node itself.
    public func resolved(_ node: Int) -> Int {
        if case .alias(let target) = nodes[node].kind { target } else { node }
    }

    /// The members of a mapping, those that `<<` brings behind its own; nil for another kind of node.
    public func members(of node: Int) -> [(key: String, value: Int)]? {
        guard case .mapping(let members, _) = nodes[resolved(node)].kind else { return nil }
        var result: [(key: String, value: Int)] = []
        var seen: Set<ExactText> = []
        for member in members where !member.isMerge {
            seen.insert(ExactText(member.key))
            result.append((member.key, member.value))
        }
        for member in members where member.isMerge {
            let sources = elements(of: member.value) ?? [member.value]
            for (key, value) in sources.flatMap({ self.members(of: $0) ?? [] })
            where seen.insert(ExactText(key)).inserted {
                result.append((key, value))
            }
        }
        return result
    }

    /// The elements of a sequence; nil for another kind of node.
    public func elements(of node: Int) -> [Int]? {
        if case .sequence(let items, _) = nodes[resolved(node)].kind { items } else { nil }
    }
}

/// A value as it is written.
public struct SourceNode: Sendable {
    /// What it is.
    public enum Kind: Sendable {
        /// A text, a number, a boolean or null.
        case scalar(ScalarStyle)
        /// A list, with its elements.
        case sequence([Int], isFlow: Bool)
        /// A mapping, with its members in the order of the text.
        case mapping([SourceMember], isFlow: Bool)
        /// Another name for an earlier node, which is no alias.
        case alias(of: Int)
    }

    /// What it is.
    public let kind: Kind
    /// Its bytes, without anchor and tag.
    ///
    /// Empty for a value that is not written. A block scalar ends behind the line break of its last line, or behind
    /// the empty lines that follow it. Of a collection in block style only the start is exact.
    public let range: Range<Int>
    /// Whether it stands in brackets.
    public let isInFlow: Bool
}

/// A member of a mapping as it is written.
public struct SourceMember: Sendable {
    /// The key as the document has it; `<<` for a merge.
    public let key: String
    /// Where the key starts.
    public let start: Int
    /// The node of the value.
    public let value: Int
    /// Whether this is no member but brings those of other mappings.
    public let isMerge: Bool
}

/// How a scalar is written.
public enum ScalarStyle: Sendable {
    /// As it is.
    case plain
    /// In `'`.
    case singleQuoted
    /// In `"`.
    case doubleQuoted
    /// As lines behind `|`.
    case literal
    /// As lines behind `>`.
    case folded
}
