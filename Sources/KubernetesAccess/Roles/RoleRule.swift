// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// One rule of a role: what may be done with which resources, or with which paths.
public struct RoleRule: Hashable, Sendable {
    /// What may be done; `*` for everything.
    public var verbs: [String]
    /// The groups of the resources; empty for the core group, `*` for all.
    public var groups: [String] = []
    /// Resources, with a slash and a subresource for those: `pods/log`, `*/scale`; `*` for all of both.
    public var resources: [String] = []
    /// The objects; none stands for all.
    public var names: [String] = []
    /// Paths that are no resources; one that ends in `*` stands for all that begin so.
    public var paths: [String] = []

    /// Rights to resources.
    public init(_ verbs: [String], groups: [String], resources: [String], names: [String] = []) {
        (self.verbs, self.groups, self.resources, self.names) = (verbs, groups, resources, names)
    }

    /// Rights to paths.
    public init(_ verbs: [String], paths: [String]) { (self.verbs, self.paths) = (verbs, paths) }

    /// Reads an entry of `rules`; nil when one of its lists is no list of texts: then it gives no rights.
    public init?(_ json: JSON) {
        func texts(_ key: String) -> [String]? {
            guard let value = json[key], value != .null else { return [] }
            guard let items = value.array else { return nil }
            let texts = items.compactMap(\.string)
            return texts.count == items.count ? texts : nil
        }
        guard json.object != nil, let verbs = texts("verbs"), let groups = texts("apiGroups"),
            let resources = texts("resources"), let names = texts("resourceNames"), let paths = texts("nonResourceURLs")
        else { return nil }
        (self.verbs, self.groups, self.resources, self.names, self.paths) = (verbs, groups, resources, names, paths)
    }

    /// As it stands in a role.
    public var json: JSON {
        var json: JSON = ["verbs": .array(verbs.map { .string($0) })]
        let lists = [
            ("apiGroups", groups), ("resources", resources), ("resourceNames", names), ("nonResourceURLs", paths),
        ]
        for (key, list) in lists where !list.isEmpty { json[key] = .array(list.map { .string($0) }) }
        return json
    }

    /// Every right to every resource, and to every path.
    static let everything = [
        RoleRule(["*"], groups: ["*"], resources: ["*"]), RoleRule(["*"], paths: ["*"]),
    ]

    /// Whether the rule allows a request, whoever makes it.
    func allows(_ request: RequestAttributes) -> Bool {
        guard verbs.contains(where: { $0 == "*" || $0 == request.verb }) else { return false }
        if let path = request.path { return paths.contains { Self.path($0, covers: path) } }
        return groups.contains { $0 == "*" || $0 == request.group }
            && resources.contains { Self.resource($0, matches: request) }
            && (names.isEmpty || names.contains(request.name))
    }

    private static func resource(_ pattern: String, matches request: RequestAttributes) -> Bool {
        guard !request.subresource.isEmpty else { return pattern == "*" || pattern == request.resource }
        return pattern == "*" || pattern == request.combinedResource || pattern == "*/\(request.subresource)"
    }

    /// Whether a path of a rule stands for another path, which may be one of a rule as well.
    static func path(_ pattern: String, covers path: String) -> Bool {
        guard pattern != path else { return true }
        guard pattern.utf8.last == UInt8(ascii: "*") else { return false }
        let stars = pattern.utf8.reversed().prefix { $0 == UInt8(ascii: "*") }.count
        return path.utf8.starts(with: pattern.utf8.dropLast(stars))
    }

    /// As upstream shows rules that somebody lacks: `{APIGroups:[""], Resources:["pods"], Verbs:["get"]}`.
    var compactText: String {
        let lists = [
            ("APIGroups", groups), ("Resources", resources), ("NonResourceURLs", paths), ("ResourceNames", names),
            ("Verbs", verbs),
        ]
        return "{\(lists.filter { !$0.1.isEmpty }.map { "\($0.0):\(goQuotedList($0.1))" }.joined(separator: ", "))}"
    }
}

/// A list of texts as Go's `%q` writes it.
func goQuotedList(_ texts: [String]) -> String { "[\(texts.map(goQuoted).joined(separator: " "))]" }
