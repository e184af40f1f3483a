// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CEL

extension AttributePath {
    /// Reads a path as an expression spells it, and as paths are printed: `schema.spec.ports[0]["a b"]`; `[*]` is any
    /// index or key.
    public init(notation text: String) throws(Fault) {
        let name = text.prefix { $0 != "." && $0 != "[" }
        guard String(name).isFieldName else { throw Self.wrong(text, "it does not begin with the name of a variable") }
        var rest = text[name.endIndex...], steps: [Step] = []
        while let sign = rest.popFirst() {
            if sign == "." {
                let field = rest.prefix { $0 != "." && $0 != "[" }
                guard String(field).isFieldName else { throw Self.wrong(text, "“\(field)” is no name of a field") }
                steps.append(.field(String(field)))
                rest = rest[field.endIndex...]
            } else if sign == "[", let end = Self.end(rest) {
                steps.append(try Self.index(rest[..<end], in: text))
                rest = rest[end...].dropFirst()
            } else {
                throw Self.wrong(text, sign == "[" ? "“]” is missing" : "a dot is missing before “\(sign)”")
            }
        }
        self.init(String(name), steps)
    }

    /// Where the bracket closes that is open at the start; what stands in quotes does not close it.
    private static func end(_ text: Substring) -> Substring.Index? {
        var quote: Character?, isEscaped = false
        for (index, letter) in zip(text.indices, text) {
            if isEscaped {
                isEscaped = false
            } else if let open = quote {
                if letter == "\\" { isEscaped = true } else if letter == open { quote = nil }
            } else if letter == "\"" || letter == "'" {
                quote = letter
            } else if letter == "]" {
                return index
            }
        }
        return nil
    }

    private static func index(_ index: Substring, in text: String) throws(Fault) -> Step {
        if index == "*" { return .any }
        if let expression = try? CEL.Environment(libraries: []).parse(String(index)) {
            switch expression[expression.root].kind {
            case .literal(.int(let index)): return .index(index)
            case .literal(.string(let key)): return .field(key)
            default: break
            }
        }
        throw wrong(text, "“\(index)” is neither an index nor a key in quotes")
    }

    private static func wrong(_ text: String, _ why: String) -> Fault {
        Fault(
            .invalid, "“\(text.prefix(80))” is no path: \(why)",
            fix: "write it as in an expression, such as deployment.status.replicas or items[0].name")
    }
}
