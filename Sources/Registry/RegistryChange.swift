// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

/// One change of what a registry holds. Changes are the truth: whatever the index knows follows from them and from the
/// manifests' own bytes.
enum RegistryChange: Sendable, Equatable {
    /// A blob belongs to a repository.
    case linkBlob(RepositoryName, Digest, size: Int64)
    /// A blob does not belong to a repository any more.
    case unlinkBlob(RepositoryName, Digest)
    /// A manifest belongs to a repository.
    case putManifest(RepositoryName, Digest, size: Int64, mediaType: String)
    /// A manifest does not belong to a repository any more; its tags are gone before.
    case deleteManifest(RepositoryName, Digest)
    /// A tag names a manifest of its repository; a pending one is not shown to readers.
    case setTag(RepositoryName, String, Digest, isPending: Bool)
    /// A tag is gone.
    case deleteTag(RepositoryName, String)
    /// A content that nothing of its repository names was asked for: it stays for a while as if it had just come.
    case keep(RepositoryName, Digest)
    /// A content was found damaged or missing and is not served until it is pushed again.
    case quarantine(Digest)
    /// A content that was damaged or missing is there again, and sound.
    case restore(Digest)

    /// The change as a list: its kind, and what it is about.
    var json: JSON {
        func list(_ items: JSON...) -> JSON { .array(items) }
        func text(_ value: some CustomStringConvertible) -> JSON { .string(value.description) }
        return switch self {
        case .linkBlob(let repository, let digest, let size):
            list("blob", text(repository), text(digest), .number(JSONNumber(size)))
        case .unlinkBlob(let repository, let digest): list("no-blob", text(repository), text(digest))
        case .putManifest(let repository, let digest, let size, let mediaType):
            list("manifest", text(repository), text(digest), .number(JSONNumber(size)), .string(mediaType))
        case .deleteManifest(let repository, let digest): list("no-manifest", text(repository), text(digest))
        case .setTag(let repository, let tag, let digest, let isPending):
            list(isPending ? "pending-tag" : "tag", text(repository), .string(tag), text(digest))
        case .deleteTag(let repository, let tag): list("no-tag", text(repository), .string(tag))
        case .keep(let repository, let digest): list("keep", text(repository), text(digest))
        case .quarantine(let digest): list("quarantine", text(digest))
        case .restore(let digest): list("restore", text(digest))
        }
    }

    /// Reads what `json` wrote; throws `.corrupt` for anything else.
    init(json: JSON) throws(Fault) {
        let items = json.array ?? []
        func wrong() -> Fault { Fault(.corrupt, "a record holds a change of an unknown form") }
        func text(_ index: Int) throws(Fault) -> String {
            guard index < items.count, let text = items[index].string else { throw wrong() }
            return text
        }
        func number(_ index: Int) throws(Fault) -> Int64 {
            guard index < items.count, let number = items[index].int, number >= 0 else { throw wrong() }
            return number
        }
        func repository() throws(Fault) -> RepositoryName { try RepositoryName(try text(1)) }
        func digest(_ index: Int) throws(Fault) -> Digest { try Digest(try text(index)) }
        switch try text(0) {
        case "blob": self = .linkBlob(try repository(), try digest(2), size: try number(3))
        case "no-blob": self = .unlinkBlob(try repository(), try digest(2))
        case "manifest":
            self = .putManifest(try repository(), try digest(2), size: try number(3), mediaType: try text(4))
        case "no-manifest": self = .deleteManifest(try repository(), try digest(2))
        case "tag": self = .setTag(try repository(), try text(2), try digest(3), isPending: false)
        case "pending-tag": self = .setTag(try repository(), try text(2), try digest(3), isPending: true)
        case "no-tag": self = .deleteTag(try repository(), try text(2))
        case "keep": self = .keep(try repository(), try digest(2))
        case "quarantine": self = .quarantine(try digest(1))
        case "restore": self = .restore(try digest(1))
        default: throw wrong()
        }
    }

    /// The repository that it changes; nil when it changes all that hold the content.
    var repository: RepositoryName? {
        switch self {
        case .linkBlob(let name, _, _), .unlinkBlob(let name, _), .putManifest(let name, _, _, _),
            .deleteManifest(let name, _), .setTag(let name, _, _, _), .deleteTag(let name, _), .keep(let name, _):
            name
        case .quarantine, .restore: nil
        }
    }
}

/// Changes that happen together or not at all, with when and by whom.
struct RegistryRecord: Sendable, Equatable {
    /// Milliseconds since 1970.
    let time: Int64
    /// The name of who did it.
    let by: String
    let changes: [RegistryChange]

    /// The record as one line of JSON.
    var line: [UInt8] {
        JSON.object([
            "time": .number(JSONNumber(time)), "by": .string(by), "changes": .array(changes.map(\.json)),
        ]).encoded()
    }

    init(time: Int64, by: String, changes: [RegistryChange]) {
        (self.time, self.by, self.changes) = (time, by, changes)
    }

    /// Reads a line; throws `.corrupt`.
    init(parsing line: Chunk) throws(Fault) {
        let json = try JSON(parsing: Array(line), source: "a record")
        guard let time = json["time"]?.int, let by = json["by"]?.string, let items = json["changes"]?.array else {
            throw Fault(.corrupt, "a record lacks “time”, “by” or “changes”")
        }
        var changes: [RegistryChange] = []
        for item in items { changes.append(try RegistryChange(json: item)) }
        self.init(time: time, by: by, changes: changes)
    }
}
