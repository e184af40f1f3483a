// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The name and version of an npm package; well formed, so that neither can lead to another address.
public struct NPMPackage: Hashable, Sendable, CustomStringConvertible {
    /// The name, with its scope if it has one: `@scope/name`.
    public let name: String
    /// The version (Semantic Versioning 2).
    public let version: String

    /// Checks both.
    ///
    /// A name has up to 214 letters, digits, `-`, `_`, `.` and `~`, and starts with neither a dot nor an underscore; a
    /// scope is written the same way. Capital letters are accepted since old packages have them. A version has three
    /// numbers; tags such as `latest` are refused, since they name another version each day.
    public init(name: String, version: String) throws(Fault) {
        guard Self.isName(name) else {
            throw Fault(
                .invalid, "“\(name.prefix(100))” is no name of an npm package", fix: "write it as name or @scope/name")
        }
        guard SemanticVersion(version) != nil, version.utf8.first.map({ (0x30...0x39).contains($0) }) == true,
            version.prefix(while: { $0 != "-" && $0 != "+" }).split(separator: ".").count == 3,
            version.utf8.count <= 256
        else {
            throw Fault(
                .invalid, "“\(version.prefix(100))” is no version of an npm package", fix: "write it as 1.2.3")
        }
        (self.name, self.version) = (name, version)
    }

    /// `name@version`.
    public var description: String { "\(name)@\(version)" }

    /// What the file is called in the document that publishes it, as npm does: with the scope.
    var attachmentName: String { "\(name)-\(version).tgz" }
    /// The name of the file that holds it.
    var fileName: String { "\(name.split(separator: "/").last ?? "")-\(version).tgz" }

    static func isName(_ name: String) -> Bool {
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard name.utf8.count <= 214, (1...2).contains(parts.count) else { return false }
        if parts.count == 2 {
            guard parts[0].hasPrefix("@") else { return false }
            parts[0] = parts[0].dropFirst()
        }
        return parts.allSatisfy { part in
            guard let first = part.utf8.first, first != 0x2E, first != 0x5F else { return false }
            return part.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "-_.~".utf8.contains($0)
            }
        }
    }
}
