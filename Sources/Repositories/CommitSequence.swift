// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography

/// Makes versions visible one after the other; who fails on the way says how far it came.
public struct CommitSequence {
    private let count: Int
    private var visible = 0

    /// A sequence of so many versions.
    public init(of count: Int) { self.count = count }

    /// Makes a version visible.
    ///
    /// Throws `.partial` when others before it are visible already and nobody has to look into the failure first: a
    /// rerun goes on from there.
    @discardableResult
    public mutating func commit(
        _ descriptor: ComponentDescriptor, contents: LocalContents, to repository: any ComponentVersionRepository
    ) async throws -> Digest {
        do {
            let digest = try await repository.commit(descriptor, contents: contents)
            if repository.showsVersionsOneByOne { visible += 1 }
            return digest
        } catch {
            guard visible > 0 else { throw error }
            throw Self.fault(visible: visible, of: count, cause: Fault(wrapping: error))
        }
    }

    /// What to say when some versions are visible and others are not: `partial`, unless somebody has to look into the
    /// failure first.
    public static func fault(visible: Int, of count: Int, cause: Fault) -> Fault {
        let stands: Set<Fault.Code> = [.mismatch, .corrupt, .unverified, .unauthorized, .forbidden, .cancelled]
        guard !stands.contains(cause.code) else { return cause }
        return Fault(
            .partial, "\(visible) of \(count) component versions are written, the others are not",
            fix: "\(cause.fix.map { "\($0); then " } ?? "")run the same command again: it goes on from there",
            cause: cause)
    }
}

extension ComponentVersionRepository {
    /// Whether a version is visible as soon as it is committed, and not only when all are finished.
    public var showsVersionsOneByOne: Bool {
        guard let archive = (self as? StoreRepository)?.store as? CommonTransportArchive else { return true }
        return archive.format == .directory
    }
}
