// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// `NAME=VALUE`: a variable for an expression, as people write it.
///
/// The value is what it is as YAML, and JSON is YAML; what is neither is a string, and so is nothing. `@FILE` is the
/// document in a file.
public struct VariableNotation: Sendable, Hashable {
    /// The variable.
    public let name: String
    /// What stands behind the `=`.
    public let text: String

    /// Takes name and value apart.
    public init(_ argument: String) throws(Fault) {
        guard let equals = argument.firstIndex(of: "="), String(argument[..<equals]).isVariableName else {
            throw Fault(
                .invalid, "“\(argument.prefix(80))” is not of the form NAME=VALUE",
                fix: "write it as replicas=3, or as deployment=@deployment.yaml to read a file")
        }
        name = String(argument[..<equals])
        text = String(argument[argument.index(after: equals)...])
    }

    /// The value; reads the file that is named.
    public func value() throws(Fault) -> JSON {
        if text.hasPrefix("@") { return try Self.document(String(text.dropFirst())) }
        if text.isEmpty { return .string("") }
        return (try? YAML.document(Array(text.utf8), source: name).root) ?? .string(text)
    }

    /// The one document in a file, which is YAML or JSON; `-` is standard input.
    public static func document(_ path: String) throws(Fault) -> JSON {
        let source = path == "-" ? "standard input" : path
        return try YAML.document(contents(path), source: source).root
    }

    /// The bytes of a file; `-` is standard input.
    public static func contents(_ path: String) throws(Fault) -> [UInt8] {
        try FileSystem.read(path == "-" ? "/dev/stdin" : path, limit: DocumentLimits.standard.bytes)
    }
}
