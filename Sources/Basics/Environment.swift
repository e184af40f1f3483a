// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Environment variables as a value, so that tests hand in their own.
public struct Environment: Sendable {
    /// All variables by name.
    public var variables: [String: String]

    /// Wraps variables.
    public init(_ variables: [String: String]) { self.variables = variables }

    /// A variable's value; nil when it is not set.
    public subscript(name: String) -> String? { variables[name] }

    /// The home folder: `$HOME`, else `/`.
    public var home: String { variables["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/" }

    /// The variables this process was started with, read once.
    public static let process: Environment = {
        var variables: [String: String] = [:]
        var pointer = unsafe environ
        while let entry = unsafe pointer.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            unsafe pointer += 1
        }
        return Environment(variables)
    }()
}
