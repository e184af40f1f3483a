// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A pattern for the paths of files in an archive: `*/values.yaml`, `**/deployment*.yaml`.
///
/// `*`, `?` and `[a-z]` stay within one part of a path, `**` stands for any number of parts, none too.
public struct PathPattern: Hashable, Sendable, CustomStringConvertible {
    private enum Part: Hashable, Sendable {
        case any
        case glob(Glob)
    }
    private let parts: [Part]
    /// The pattern as it was written.
    public let description: String

    /// Takes a pattern. Throws `invalid` for one that can match no path in an archive.
    public init(_ text: String) throws(Fault) {
        let trimmed = text.hasPrefix("./") ? text.dropFirst(2) : text[...]
        let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false)
        guard !trimmed.isEmpty, text.utf8.count <= 4096, !parts.contains(where: { $0.isEmpty || $0 == ".." }) else {
            throw Fault(
                .invalid, "“\(text.prefix(100))” matches no path in an archive",
                fix: "write it relative, like */values.yaml")
        }
        self.parts = parts.map { $0 == "**" ? .any : .glob(Glob(String($0))) }
        description = text
    }

    /// Whether a path, as `TarEntry` has it, fits.
    public func matches(_ path: String) -> Bool {
        let names = path.split(separator: "/").map { String($0) }
        // How many parts of the pattern the names so far can have used up.
        var states: Set<Int> = closure([0])
        for name in names {
            var next: Set<Int> = []
            for state in states where state < parts.count {
                switch parts[state] {
                case .any: next.insert(state)
                case .glob(let glob): if glob.matches(name) { next.insert(state + 1) }
                }
            }
            states = closure(next)
            if states.isEmpty { return false }
        }
        return states.contains(parts.count)
    }

    private func closure(_ states: Set<Int>) -> Set<Int> {
        var states = states
        for index in parts.indices where states.contains(index) && parts[index] == .any { states.insert(index + 1) }
        return states
    }
}
