// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CELLibraries
internal import Documents
internal import Repositories
internal import Web

/// A repository as a typed object, read the way controllers need it.
struct RepositoryAddress: Sendable {
    let specification: JSON
    let locator: RepositoryLocator

    /// Reads the specification. `scheme` and `port` beside a `baseUrl` that has none of them complete it.
    ///
    /// Throws `.invalid`, `.unsupported`, and `.forbidden` for an archive that is not below `archiveFolder`.
    init(_ specification: JSON, archiveFolder: String?) throws(Fault) {
        self.specification = specification
        locator = try RepositoryLocator(json: Self.completed(specification))
        try Self.check(locator, archiveFolder: archiveFolder)
    }

    private static func completed(_ specification: JSON) -> JSON {
        guard let base = specification["baseUrl"]?.string, base.firstRange(of: "://") == nil,
            let scheme = specification["scheme"]?.string, ["http", "https"].contains(scheme)
        else { return specification }
        var parts = base.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let port = specification["port"].flatMap { $0.string ?? $0.numberText } ?? ""
        if !parts[0].contains(":"), !port.isEmpty { parts[0] += ":\(port)" }
        var completed = specification
        completed["baseUrl"] = .string("\(scheme)://\(parts.joined(separator: "/"))")
        return completed
    }

    /// Refuses archives outside of the folder for archives.
    static func check(_ locator: RepositoryLocator, archiveFolder: String?) throws(Fault) {
        let path: String
        switch locator.kind {
        case .registry: return
        case .archive(let archive, _), .componentArchive(let archive): path = archive
        }
        guard let folder = archiveFolder else {
            throw Fault(
                .forbidden, "\(locator) is a file of this machine, and none is read here", fix: "put it into a registry"
            )
        }
        let root = folder.hasSuffix("/") ? folder : folder + "/"
        guard path.hasPrefix(root), !path.split(separator: "/").contains("..") else {
            throw Fault(.forbidden, "\(locator) is not in the folder for archives", fix: "put it into a registry")
        }
    }

    /// Where a component's local blobs are; nil for archives, which have no address to give to others.
    func location(of component: String) -> ComponentLocation? {
        guard case .registry(let origin, let subPath) = locator.kind else { return nil }
        // What was written is shown: others may reach the registry only by that name.
        let written = specification["baseUrl"]?.string ?? origin.repositoryHost
        let bare = written.firstRange(of: "://").map { String(written[$0.upperBound...]) } ?? written
        let host = bare.split(separator: "/", maxSplits: 1).first.map(String.init) ?? origin.repositoryHost
        return ComponentLocation(component: component, baseURL: "\(origin.scheme)://\(host)", subPath: subPath)
    }
}
