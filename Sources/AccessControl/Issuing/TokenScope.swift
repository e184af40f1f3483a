// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import OCI

/// One thing that a token is asked for: `repository:team/app:pull,push` or `registry:catalog:*`.
public struct TokenScope: Sendable, Hashable, CustomStringConvertible {
    /// The most scopes of one request.
    public static let limit = 64
    /// The most bytes of one scope.
    public static let sizeLimit = 512

    /// What it is about.
    public enum Resource: Sendable, Hashable {
        /// A repository and what to do with it.
        case repository(String, AccessActions)
        /// The catalogue.
        case catalogue
    }

    /// What it is about.
    public let resource: Resource

    /// A scope on a repository.
    public init(repository: String, actions: AccessActions) { resource = .repository(repository, actions) }

    /// The scope of the catalogue.
    public static let catalogue = TokenScope(.catalogue)

    private init(_ resource: Resource) { self.resource = resource }

    /// Reads one scope by the distribution project's grammar; a class in parentheses behind the type is passed over.
    ///
    /// Actions that are not known here are left out, `*` stands for all. Throws `.invalid` for other types of resources,
    /// names that no repository has, and everything that is not `type:name:actions`.
    public init(_ text: String) throws(Fault) {
        let wrong = Fault(
            .invalid, "the scope is not “repository:NAME:ACTIONS”", fix: "ask for repository:team/app:pull,push")
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.sizeLimit, parts.count == 3, let type = Self.type(parts[0]) else { throw wrong }
        let actions = parts[2].split(separator: ",", omittingEmptySubsequences: false)
        guard actions.count <= 16, actions.allSatisfy(Self.isWord) else { throw wrong }
        let name = String(parts[1])
        switch type {
        case "repository":
            guard ImageReference.isRepository(name) else { throw wrong }
            self.init(repository: name, actions: TokenGrants.actions(actions.map(String.init)))
        case "registry":
            guard name == "catalog", actions == ["*"] else { throw wrong }
            self = .catalogue
        default: throw wrong
        }
    }

    /// Reads all scopes of a request: several values, each one scope or several with blanks between them.
    public static func list(_ values: [String]) throws(Fault) -> [TokenScope] {
        var scopes: [TokenScope] = []
        for value in values {
            for text in value.split(separator: " ") {
                guard scopes.count < limit else {
                    throw Fault(.limitExceeded, "more than \(limit) scopes are asked for", fix: "ask for fewer at once")
                }
                scopes.append(try TokenScope(String(text)))
            }
        }
        return scopes
    }

    /// The scope as it is asked for.
    public var description: String {
        switch resource {
        case .repository(let name, let actions): "repository:\(name):\(actions)"
        case .catalogue: "registry:catalog:*"
        }
    }

    /// `repository` or `repository(plugin)`: lower-case letters, digits and dashes.
    private static func type(_ text: Substring) -> Substring? {
        guard text.last == ")" else { return isWord(text) ? text : nil }
        guard let open = text.firstIndex(of: "("), isWord(text[text.index(after: open)...].dropLast()) else {
            return nil
        }
        return isWord(text[..<open]) ? text[..<open] : nil
    }

    private static func isWord(_ text: Substring) -> Bool {
        text == "*"
            || !text.isEmpty
                && text.utf8.allSatisfy {
                    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                }
    }
}
