// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
internal import Repositories

extension RegistryMirror {
    /// Endings of files that somebody still writes, or that are no archives.
    private static let ignored = [".part", ".partial", ".tmp", ".json", ".sha256", ".asc", ".sig"]

    /// Carries in the archives of a folder, in the order of their names.
    func run(_ rule: MirrorRule, folder: String) async throws -> [MirrorReport.Archive] {
        guard FileSystem.isFolder(folder) else {
            throw Fault(.notFound, "there is no folder \(folder)", fix: "make it, and put archives there")
        }
        var reports: [MirrorReport.Archive] = []
        for name in try FileSystem.names(in: folder).sorted() where try isArchive(name, in: folder, rule) {
            let report = try await carry(archive: name, in: folder, rule)
            try file(report, in: folder)
            reports.append(report)
        }
        return reports
    }

    /// Whether something in the folder is to be carried in now. Links are not followed.
    private func isArchive(_ name: String, in folder: String, _ rule: MirrorRule) throws -> Bool {
        guard !name.hasPrefix("."), !["done", "failed"].contains(name),
            !Self.ignored.contains(where: name.hasSuffix),
            var entry = try FileSystem.entry(at: "\(folder)/\(name)", followLinks: false)
        else { return false }
        if entry.kind == .folder {
            guard let index = try FileSystem.entry(at: "\(folder)/\(name)/artifact-index.json", followLinks: false)
            else {
                return false
            }
            entry = index
        }
        guard entry.kind == .file else { return false }
        return clock() / 1000 - entry.modified >= rule.settling
    }

    private func carry(
        archive name: String, in folder: String, _ rule: MirrorRule
    ) async throws -> MirrorReport.Archive {
        var report = MirrorReport.Archive(name: name)
        do {
            let archive = try await CommonTransportArchive.open(path: "\(folder)/\(name)")
            let names = try await archive.repositories(prefix: "").filter(rule.includes(repository:))
            report.repositories = try await carry(
                names.sorted().map { ($0, rule.targetName($0)) }, from: archive, rule.withoutPruning)
        } catch {
            guard !(error is CancellationError) else { throw error }
            report.failure = Fault(wrapping: error).message
        }
        return report
    }

    /// Moves an archive out of the way, with what became of it beside it.
    private func file(_ report: MirrorReport.Archive, in folder: String) throws {
        let place = "\(folder)/\(report.isComplete ? "done" : "failed")"
        try FileSystem.makeFolder(place)
        var (path, number) = ("\(place)/\(report.name)", 1)
        while FileSystem.exists(path) || FileSystem.exists(path + ".json") {
            number += 1
            path = "\(place)/\(number)-\(report.name)"
        }
        try FileSystem.write(report.json.encoded(), to: path + ".json")
        try FileSystem.rename("\(folder)/\(report.name)", to: path)
    }

    /// Throws when a component version would take the place of another one of the same name: an archive is no place to
    /// follow, so what is here stays unless it is the same version with more signatures.
    func requireSuccessor(
        _ root: OCIDescriptor, _ tag: String, _ sourceName: String, _ source: any ArtifactStore, _ name: String,
        _ rule: MirrorRule
    ) async throws {
        guard case .folder = rule.source, try await target.resolve(tag, in: name) != nil,
            let (component, version) = Self.version(tag, in: sourceName)
        else { return }
        let identity = ComponentVersionIdentity(name: component, version: version)
        func descriptor(_ store: any ArtifactStore, _ repository: String) async throws -> ComponentDescriptor? {
            let path = repository.dropLast("component-descriptors/\(component)".count)
            let locator = RepositoryLocator(.archive(path: store.name, format: nil), description: store.name)
            return try await StoreRepository(store, locator: locator, subPath: String(path.dropLast())).find(identity)?
                .descriptor
        }
        guard let there = try await descriptor(source, sourceName), let here = try await descriptor(target, name) else {
            return
        }
        let isSame = try there.normalised(.v4alpha1) == here.normalised(.v4alpha1)
        guard isSame, Set(there.signatures.map(\.name)).isSuperset(of: here.signatures.map(\.name)) else {
            throw Fault(
                .conflict, "\(identity) is here already with other content or more signatures, and stays as it is")
        }
    }

    private static func version(_ tag: String, in repository: String) -> (ComponentName, ComponentVersion)? {
        let parts = repository.split(separator: "/")
        guard let mark = parts.firstIndex(of: "component-descriptors"),
            let component = try? ComponentName(parts[(mark + 1)...].joined(separator: "/")),
            let version = try? ComponentVersion(tag: tag)
        else { return nil }
        return (component, version)
    }
}

extension MirrorRule {
    /// An archive holds what it holds: what it lacks is no reason to remove anything.
    fileprivate var withoutPruning: MirrorRule {
        var rule = self
        rule.prunes = false
        return rule
    }
}
