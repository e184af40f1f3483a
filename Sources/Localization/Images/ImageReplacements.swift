// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Which references to images become which.
public struct ImageReplacements: Sendable {
    /// One rule.
    public struct Rule: Sendable {
        /// What is replaced: a repository, one with tag or digest, or all below a path, `ghcr.io/acme/*`.
        public let from: String
        /// What comes in its place; below a path too when `from` is one.
        public let to: String
        /// Whether it is no mistake when nothing fits.
        public let isOptional: Bool

        /// A rule.
        public init(from: String, to: String, isOptional: Bool = false) {
            (self.from, self.to, self.isOptional) = (from, to, isOptional)
        }
    }

    private struct Exact: Sendable {
        let rule: Int
        let from: ImageName
        let to: ImageName
    }
    private struct Prefix: Sendable {
        let rule: Int
        /// The place that names start with, with a slash at its end.
        let from: String
        let to: String
    }

    /// The rules.
    public let rules: [Rule]
    private var exact: [String: [Exact]] = [:]
    private var prefixes: [Prefix] = []

    /// Reads rules. Throws `invalid` for one that is no reference, and for two that replace the same.
    public init(_ rules: [Rule]) throws(Fault) {
        self.rules = rules
        for (index, rule) in rules.enumerated() {
            guard rule.from.hasSuffix("/*") || rule.to.hasSuffix("/*") else {
                let from = try ImageName(reading: rule.from)
                let known = exact[from.place] ?? []
                guard !known.contains(where: { $0.from.tag == from.tag && $0.from.digest == from.digest }) else {
                    throw Self.twice(rule)
                }
                exact[from.place] = known + [Exact(rule: index, from: from, to: try ImageName(reading: rule.to))]
                continue
            }
            let from = try Self.path(rule.from, rule), to = try Self.path(rule.to, rule)
            let place = Self.place(from)
            guard !prefixes.contains(where: { $0.from == place }) else { throw Self.twice(rule) }
            prefixes.append(Prefix(rule: index, from: place, to: to))
        }
        prefixes.sort { $0.from.utf8.count > $1.from.utf8.count }
    }

    /// What a reference becomes, and by which rule; nil when no rule fits it.
    ///
    /// A rule with a digest wins over one with a tag, that over a repository, that over a longer path, that over a
    /// shorter. A new reference without tag and digest keeps those of the old one; with one of them, both are replaced.
    public func replacement(of image: ImageName) -> (image: ImageName, rule: Int)? {
        let fitting = (exact[image.place] ?? []).filter {
            ($0.from.tag == nil || $0.from.tag == image.tag)
                && ($0.from.digest == nil || $0.from.digest == image.digest)
        }
        if let best = fitting.max(by: { $0.from.precision < $1.from.precision }) {
            return (image.replaced(by: best.to), best.rule)
        }
        let place = image.place
        guard let prefix = prefixes.first(where: { place.hasPrefix($0.from) }),
            let to = ImageName(prefix.to + place.dropFirst(prefix.from.count))
        else { return nil }
        return (image.replaced(by: to), prefix.rule)
    }

    /// Throws `notFound` when rules that have to fit something did not.
    public func check(used: Set<Int>) throws(Fault) {
        let unused = rules.indices.filter { !used.contains($0) && !rules[$0].isOptional }.map { "“\(rules[$0].from)”" }
        guard !unused.isEmpty else { return }
        throw Fault(
            .notFound, "no image is \(unused.joined(separator: " or "))",
            fix: "write it as the files have it, or mark the rule as optional")
    }

    /// Whether the rule replaces all below a path.
    func isPrefix(_ rule: Int) -> Bool { prefixes.contains { $0.rule == rule } }

    private static func path(_ text: String, _ rule: Rule) throws(Fault) -> String {
        let name = text.dropLast(2)
        let slash = name.firstIndex(of: "/")
        let isHost = ImageName.isHost(name[..<(slash ?? name.endIndex)])
        let path = slash.map { name[name.index(after: $0)...] }
        guard text.hasSuffix("/*"), isHost, path.map({ ImageName.isRepository($0) }) ?? true else {
            throw Fault(
                .invalid, "“\(rule.from.prefix(200))” cannot become “\(rule.to.prefix(200))”",
                fix: "write both as paths below a registry, such as ghcr.io/acme/* and registry.example/mirror/*")
        }
        return String(name) + "/"
    }

    /// Docker Hub under the one name that `ImageName.place` gives it.
    private static func place(_ path: String) -> String {
        let host = path.prefix { $0 != "/" }
        return ImageName.hubNames.contains(String(host)) ? ImageName.hub + path.dropFirst(host.count) : path
    }

    private static func twice(_ rule: Rule) -> Fault {
        Fault(.invalid, "“\(rule.from)” is to be replaced twice", fix: "keep one of the two rules")
    }
}

extension ImageName {
    fileprivate var precision: Int { digest != nil ? 2 : tag != nil ? 1 : 0 }

    /// Another reference in place of this one: tag and digest stay only when that one has neither.
    func replaced(by other: ImageName) -> ImageName {
        guard other.tag == nil, other.digest == nil else { return other }
        var image = other
        (image.tag, image.digest) = (tag, digest)
        return image
    }
}
