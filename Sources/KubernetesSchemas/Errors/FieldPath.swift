// SPDX-License-Identifier: Apache-2.0

/// The path to a field as the errors of Kubernetes write it: `spec.versions[0].name`, `metadata.labels[a/b]`.
struct FieldPath: Hashable, Sendable {
    /// The text; empty for the root.
    let text: String

    init(_ text: String = "") { self.text = text }

    func child(_ name: String) -> FieldPath { FieldPath(text.isEmpty ? name : "\(text).\(name)") }
    func index(_ index: Int) -> FieldPath { FieldPath("\(text)[\(index)]") }
    func key(_ key: String) -> FieldPath { FieldPath("\(text)[\(key)]") }
}

/// The way from the root of an object to the value that is looked at. Its text is only made when there is an error.
struct FieldTrail {
    enum Step {
        /// A field that the schema names.
        case name(String)
        /// A key of a map.
        case key(String)
        /// An element of a list.
        case index(Int)
    }

    var steps: [Step] = []

    /// The path with keys of maps in brackets.
    var path: FieldPath {
        var text = ""
        for step in steps {
            switch step {
            case .name(let name): text += text.isEmpty ? name : ".\(name)"
            case .key(let key): text += "[\(key)]"
            case .index(let index): text += "[\(index)]"
            }
        }
        return FieldPath(text)
    }

    /// The path with keys of maps behind a dot, as errors of keywords and lists of unknown fields have it.
    var dotted: String {
        var text = ""
        for step in steps {
            switch step {
            case .name(let name), .key(let name): text += text.isEmpty ? name : ".\(name)"
            case .index(let index): text += "[\(index)]"
            }
        }
        return text
    }
}
