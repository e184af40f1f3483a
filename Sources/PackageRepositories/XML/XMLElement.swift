// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// An element of an XML document: names, attributes, text and elements in it. Comments and instructions are not kept.
public struct XMLElement: Hashable, Sendable {
    /// What stands between an element's tags.
    public enum Node: Hashable, Sendable {
        /// An element.
        case element(XMLElement)
        /// Characters, with references resolved.
        case text(String)
    }

    /// The name as it is written, with a namespace's prefix if it has one.
    public var name: String
    /// The attributes in their order.
    public var attributes: [Attribute]
    /// The content in its order.
    public var nodes: [Node]

    /// An attribute.
    public struct Attribute: Hashable, Sendable {
        /// The name as it is written.
        public let name: String
        /// The value, with references resolved.
        public let value: String
    }

    /// An element with elements in it.
    public init(_ name: String, attributes: [(String, String)] = [], _ children: [XMLElement] = []) {
        (self.name, nodes) = (name, children.map(Node.element))
        self.attributes = attributes.map { Attribute(name: $0.0, value: $0.1) }
    }

    /// An element with text in it.
    public init(_ name: String, text: String) {
        self.init(name)
        nodes = [.text(text)]
    }

    /// The name without a namespace's prefix.
    public var localName: Substring { name[(name.lastIndex(of: ":").map(name.index(after:)) ?? name.startIndex)...] }

    /// The elements in it.
    public var children: [XMLElement] {
        nodes.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    /// The text directly in it, without blanks and line ends around it.
    public var text: String {
        nodes.map { if case .text(let text) = $0 { text } else { "" } }.joined().trimmed
    }

    /// The first element in it with a local name.
    public subscript(_ name: String) -> XMLElement? { children.first { $0.localName == name } }

    /// Replaces the first element of this name by another, or adds it behind the last.
    public mutating func set(_ element: XMLElement) {
        let place = nodes.firstIndex {
            if case .element(let other) = $0 { other.localName == element.localName } else { false }
        }
        if let place { nodes[place] = .element(element) } else { nodes.append(.element(element)) }
    }
}
