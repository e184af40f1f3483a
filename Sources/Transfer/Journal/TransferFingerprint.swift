// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography
public import Documents
public import Repositories

/// What tells one transfer from another: from where, to where, which versions, and what is carried of them; or the
/// specification that says all that.
public enum TransferFingerprint {
    /// The fingerprint; how fast and how verified a transfer runs does not count.
    public static func digest(
        from source: RepositoryLocator, to targets: [RepositoryLocator], roots: [ComponentVersionIdentity],
        options: TransferOptions, workingFolder: String = FileSystem.workingFolder
    ) -> Digest {
        let json: JSON = [
            "source": .string(place(source, workingFolder)),
            "targets": .array(targets.map { .string(place($0, workingFolder)) }),
            "roots": .array(roots.map { .string($0.description) }),
            "recursive": .bool(options.isRecursive), "copyResources": .string(options.copyResources.rawValue),
            "copySources": .bool(options.copiesSources), "existing": .string(options.existing.rawValue),
            "stopOnExisting": .bool(options.stopsOnExisting), "uploadAs": .string(options.uploadAs.rawValue),
            "uploads": .array(options.uploads.map { .string("\($0)") }),
            "omitted": .array(options.omittedAccessTypes.sorted().map { .string($0) }),
        ]
        return Digest(of: json.encoded())
    }

    /// The fingerprint of a specification: of all that it says, its targets among it, and of the folder that relative
    /// paths in it start from.
    public static func digest(
        of specification: JSON, workingFolder: String = FileSystem.workingFolder
    ) -> Digest {
        let json: JSON = ["specification": specification, "workingFolder": .string(workingFolder)]
        return Digest(of: json.encoded())
    }

    /// The default place of the journal with this fingerprint: below `$XDG_STATE_HOME`, else `~/.local/state`.
    ///
    /// Nil when neither is known. A folder that is not absolute does not count (XDG Base Directory Specification).
    public static func path(_ fingerprint: Digest, _ environment: Environment) -> String? {
        var base = environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        if base == nil { base = environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.local/state" : nil } }
        return base.map { "\($0)/ocm/transfers/\(fingerprint.hex).journal" }
    }

    private static func place(_ locator: RepositoryLocator, _ workingFolder: String) -> String {
        switch locator.kind {
        case .registry(let origin, let subPath): "\(origin)/\(subPath)"
        case .archive(let path, _): "archive \(FileSystem.join(workingFolder, path))"
        case .componentArchive(let path): "component archive \(FileSystem.join(workingFolder, path))"
        }
    }
}
