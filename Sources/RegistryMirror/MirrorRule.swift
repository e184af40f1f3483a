// SPDX-License-Identifier: Apache-2.0

public import AccessControl
public import Basics
internal import ComponentModel
internal import Registry
public import Web

/// What is brought here from elsewhere, again and again: artifacts of another registry, or archives from a folder.
public struct MirrorRule: Sendable {
    /// Where it comes from.
    public enum Source: Sendable {
        /// Another registry.
        case registry(MirrorRegistry)
        /// A folder into which transport archives are put: as folders, tar files or compressed ones. Each is
        /// carried in once and then moved to `done` or `failed` in the same folder, with a result beside it.
        case folder(String)
    }
    /// How reports call it.
    public let name: String
    /// Where it comes from.
    public let source: Source
    /// What stands in front of names of repositories here, or empty.
    public let target: String
    /// Which repositories, by their names behind the source's prefix; empty for all. Names without `*` are asked for as
    /// they are; for patterns the source must list its repositories.
    public var repositories: [RepositoryPattern] = []
    /// Which tags; empty for all.
    public var tags: [Glob] = []
    /// Only tags that are versions within this.
    public var versions: VersionConstraint?
    /// How many seconds lie between two runs.
    public var interval: Int64 = 3600
    /// Whether tags are removed here that are gone there.
    public var prunes = false
    /// For how many seconds an archive must not have changed before it is read.
    public var settling: Int64 = 10

    /// A rule; throws `.invalid` for a target that begins no repository's name.
    public init(name: String, source: Source, target: String = "") throws(Fault) {
        if !target.isEmpty {
            do throws(Fault) { _ = try Registry.RepositoryName(target) } catch {
                throw Fault(
                    .invalid, "“\(target.prefix(255))” begins no repository's name", fix: "write it as mirror/hub")
            }
        }
        (self.name, self.source, self.target) = (name, source, target)
    }

    /// Whether the rule is about a tag.
    func includes(tag: String) -> Bool {
        guard tags.isEmpty || tags.contains(where: { $0.matches(tag) }) else { return false }
        guard let versions else { return true }
        guard let version = SemanticVersion(tag) ?? (try? ComponentVersion(tag: tag))?.semantic else { return false }
        return versions.allows(version)
    }

    /// Whether the rule is about a repository, by its name behind the source's prefix.
    func includes(repository: String) -> Bool {
        repositories.isEmpty || repositories.contains { $0.matches(repository) }
    }

    /// Whether the rule names a repository of another registry, and not only patterns that it fits.
    func names(_ sourceName: String) -> Bool {
        guard case .registry(let registry) = source else { return false }
        let start = registry.prefix.isEmpty ? "" : registry.prefix + "/"
        return repositories.contains { start + $0.description == sourceName }
    }

    /// The names here of what is called so behind the source's prefix.
    func targetName(_ name: String) -> String { target.isEmpty ? name : "\(target)/\(name)" }
}

/// A registry that is mirrored.
public struct MirrorRegistry: Sendable {
    /// Where it is.
    public let origin: Origin
    /// Whole segments with which names of repositories begin there, or empty; they are left out here.
    public let prefix: String
    /// A file with who we are there: `{"username": …, "password": …}`, `{"identityToken": …}` or `{"token": …}`.
    public var credentialsFile: String?
    /// A PEM file with the authorities that vouch for its certificate; they replace the system's.
    public var certificateAuthority: String?

    /// Names a registry.
    public init(origin: Origin, prefix: String = "") { (self.origin, self.prefix) = (origin, prefix) }
}
