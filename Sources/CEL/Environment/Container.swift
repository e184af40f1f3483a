// SPDX-License-Identifier: Apache-2.0

/// The namespace of an expression; cel-spec, “Name Resolution”.
struct Container: Sendable {
    /// `a.b`, `a`: what may stand before a name, longest first.
    private let prefixes: [String]

    init(_ name: String) {
        var prefixes: [String] = [], rest = Substring(name)
        while !rest.isEmpty {
            prefixes.append(rest + ".")
            rest = rest.lastIndex(of: ".").map { rest[..<$0] } ?? ""
        }
        self.prefixes = prefixes
    }

    /// What a name may mean, in the order in which it is tried; with a leading dot only itself.
    func candidates(_ name: String) -> [String] {
        if name.hasPrefix(".") { return [String(name.dropFirst())] }
        return prefixes.isEmpty ? [name] : prefixes.map { $0 + name } + [name]
    }

    /// The first candidate that is found.
    func resolve<Found>(_ name: String, _ find: (String) -> Found?) -> Found? {
        if prefixes.isEmpty { return name.hasPrefix(".") ? find(String(name.dropFirst())) : find(name) }
        for candidate in candidates(name) {
            if let found = find(candidate) { return found }
        }
        return nil
    }
}
