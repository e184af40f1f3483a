// SPDX-License-Identifier: Apache-2.0

public import Basics

extension RepositoryConnections {
    /// Opens a repository.
    ///
    /// Throws `.notFound` when an archive does not exist and the mode does not make it, and `.unsupported` when a
    /// component archive should be written.
    public func open(_ locator: RepositoryLocator, _ mode: RepositoryMode) async throws
        -> any ComponentVersionRepository
    {
        switch locator.kind {
        case .registry(let origin, let subPath):
            return StoreRepository(registry(at: origin), locator: locator, subPath: subPath)
        case .archive(let path, let format):
            return try await openArchive(path, format, mode, locator)
        case .componentArchive(let path):
            guard case .read = mode else { throw Self.cannotWriteComponentArchive(path) }
            return try await ComponentArchiveRepository(path: path, locator: locator, temporaryFolder: temporaryFolder)
        }
    }

    private func openArchive(
        _ path: String, _ format: ArchiveFormat?, _ mode: RepositoryMode, _ locator: RepositoryLocator
    ) async throws -> any ComponentVersionRepository {
        var isPattern = false
        if case .read = mode { isPattern = VolumeSearch.isPattern(path) }
        if !isPattern, !FileSystem.exists(path) {
            guard case .create(let wanted) = mode else {
                var fix = "check the path; a registry needs a host name in front, as in localhost:5000/\(path)"
                if case .write = mode { fix = "make a new one with --create, or check the path" }
                throw Fault(.notFound, "there is no archive \(path)", fix: fix)
            }
            let store = try await CommonTransportArchive.create(
                path: path, format: wanted ?? format ?? ArchiveFormat(path: path), temporaryFolder: temporaryFolder)
            return StoreRepository(store, locator: locator)
        }
        if FileSystem.isFolder(path), FileSystem.exists("\(path)/component-descriptor.yaml"),
            !FileSystem.exists("\(path)/artifact-index.json")
        {
            guard case .read = mode else { throw Self.cannotWriteComponentArchive(path) }
            return try await ComponentArchiveRepository(path: path, locator: locator, temporaryFolder: temporaryFolder)
        }
        var isWritable = true
        if case .read = mode { isWritable = false }
        let store = try await CommonTransportArchive.open(
            path: path, writable: isWritable, temporaryFolder: temporaryFolder)
        return StoreRepository(store, locator: locator)
    }

    /// Makes an archive that is cut into volumes of at most so many bytes.
    ///
    /// Throws `.unsupported` when the locator names something else, `.conflict` when there is something of that name.
    public func createVolumes(
        _ locator: RepositoryLocator, format: ArchiveFormat?, volumeSize: Int64
    ) async throws -> any ComponentVersionRepository {
        let (path, named) = try Self.requireArchive(locator)
        let store = try await CommonTransportArchive.create(
            path: path, format: format ?? named, volumeSize: volumeSize, temporaryFolder: temporaryFolder)
        return StoreRepository(store, locator: locator)
    }

    /// The path of an archive and the format that its locator names. Throws `.unsupported` for what has no volumes.
    @discardableResult
    public static func requireArchive(
        _ locator: RepositoryLocator
    ) throws(Fault) -> (path: String, format: ArchiveFormat?) {
        guard case .archive(let path, let named) = locator.kind else {
            throw Fault(
                .unsupported, "\(locator) is no archive, so it has no volumes", fix: "name a file, such as ./airgap.tar"
            )
        }
        return (path, named)
    }

    private static func cannotWriteComponentArchive(_ path: String) -> Fault {
        Fault(
            .unsupported, "\(path) is a component archive of the older tools, which is only read",
            fix: "transfer it into a transport archive: ocm transfer cv ca::\(path)//… ./archive")
    }
}
