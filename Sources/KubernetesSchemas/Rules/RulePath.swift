// SPDX-License-Identifier: Apache-2.0

/// Paths into a schema as `fieldPath` of rules and `jsonPath` of selectable fields spell them: `.spec.replicas`,
/// `.labels['a/b']`.
enum RulePath {
    /// Why a path leads nowhere, in the words of Kubernetes.
    struct Problem: Error { let detail: String }

    /// The path as errors spell it, and the schema it leads to.
    static func resolve(
        _ text: String, in root: SchemaNode, allowsBrackets: Bool = true
    ) -> Result<(path: FieldPath, schema: SchemaNode), Problem> {
        do throws(Problem) {
            var reader = Reader(rest: Array(text.unicodeScalars)[...])
            var (path, node) = (FieldPath(), root)
            while let step = try reader.next(allowsBrackets) {
                if !node.properties.isEmpty {
                    guard let property = node.properties[step] else {
                        throw Problem(detail: "does not refer to a valid field")
                    }
                    (path, node) = (path.child(step), property)
                } else if case .values(let values) = node.additional {
                    (path, node) = (path.key(step), values)
                } else {
                    throw Problem(detail: "does not refer to a valid field")
                }
            }
            return .success((path, node))
        } catch { return .failure(error) }
    }

    private struct Reader {
        var rest: ArraySlice<Unicode.Scalar>

        mutating func next(_ allowsBrackets: Bool) throws(Problem) -> String? {
            guard let first = rest.popFirst() else { return nil }
            switch first {
            case ".":
                let word = rest.prefix { $0 != "." && $0 != "[" && $0 != "]" }
                guard !word.isEmpty else { throw Problem(detail: "unexpected end of JSON path") }
                rest = rest.dropFirst(word.count)
                return String(String.UnicodeScalarView(word))
            case "[":
                guard allowsBrackets else { throw Problem(detail: "array notation is not allowed") }
                let key = try quoted()
                guard rest.popFirst() == "]" else { throw Problem(detail: "unexpected end of JSON path") }
                return key
            default: throw Problem(detail: "expected [ or . but got: \(first)")
            }
        }

        private mutating func quoted() throws(Problem) -> String {
            guard rest.popFirst() == "'" else {
                throw Problem(detail: "expected single quoted string but got \(String(rest.map(Character.init)))")
            }
            var text = String.UnicodeScalarView()
            while let scalar = rest.popFirst() {
                if scalar == "'" { return String(text) }
                guard scalar == "\\" else {
                    text.append(scalar)
                    continue
                }
                guard let letter = rest.popFirst(), let meant = Self.escapes[letter] else {
                    throw Problem(detail: "invalid string literal: invalid escape char")
                }
                text.append(meant)
            }
            throw Problem(detail: "unexpected end of JSON path")
        }

        private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
            "a": "\u{7}", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "v": "\u{B}", "'": "'",
            "\\": "\\",
        ]
    }
}
