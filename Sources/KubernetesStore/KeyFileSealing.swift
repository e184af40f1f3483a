// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
public import Kubernetes

/// Seals values with the keys of a file: AES-256-GCM, with the resource and the name of the object bound to what is sealed,
/// so that a value can be put in no other place.
///
/// Who can write to the disk can still put back what the same object was before: revisions tell that, sealing does not.
public struct KeyFileSealing: ValueSealing, CustomStringConvertible, CustomReflectable {
    private let keys: [SealingKey]
    private let resources: Set<GroupResource>
    /// The form of what is sealed: this byte, the name of the key, and what `SealingKey.seal` gives.
    private static let version: UInt8 = 1

    /// What is sealed when nobody says otherwise.
    public static let secrets: Set<GroupResource> = [GroupResource(group: "", resource: "secrets")]

    /// Reads a file of keys; see `SealingKeyFile`.
    ///
    /// - Parameter isMade: whether a file is made when there is none. Say so for a new store only: with another key the
    ///   values of an old one stay closed.
    public init(_ path: String, resources: Set<GroupResource> = secrets, isMade: Bool = false) throws(Fault) {
        if isMade, !FileSystem.exists(path) {
            do throws(Fault) { try SealingKeyFile.make(path) } catch {
                guard error.code == .conflict else { throw error }
            }
        }
        (keys, self.resources) = (try SealingKeyFile.read(path), resources)
    }

    /// The names of the keys, the one that seals first; never the keys.
    public var keyIDs: [String] { keys.map(\.id.hex) }
    /// The names of the keys.
    public var description: String { "sealing with \(keyIDs.joined(separator: ", "))" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["keys": keyIDs]) }

    public func seals(_ resource: GroupResource) -> Bool { resources.contains(resource) }

    public func seal(_ bytes: [UInt8], for key: ObjectKey) throws(Fault) -> [UInt8] {
        let head = [Self.version] + keys[0].id
        return head + (try keys[0].seal(bytes, for: Self.context(head, key)))
    }

    public func open(_ bytes: [UInt8], for key: ObjectKey) throws(Fault) -> [UInt8] {
        let head = Array(bytes.prefix(1 + SealingKey.idSize))
        guard head.count == 1 + SealingKey.idSize, head[0] == Self.version else { throw Self.damaged(key) }
        guard let opener = keys.first(where: { $0.id.elementsEqual(head.dropFirst()) }) else {
            throw Fault(
                .corrupt, "\(key) is sealed with the key \(head.dropFirst().hex), which the key file does not hold",
                fix: "restore the key file as it was when the object was written")
        }
        guard let plain = opener.open(Array(bytes.dropFirst(head.count)), for: Self.context(head, key)) else {
            throw Self.damaged(key)
        }
        return plain
    }

    public func isCurrent(_ bytes: [UInt8]) -> Bool {
        bytes.first == Self.version && bytes.dropFirst().starts(with: keys[0].id)
    }

    private static func damaged(_ key: ObjectKey) -> Fault {
        Fault(.corrupt, "\(key) is damaged, or not what was sealed for its place", fix: "restore a snapshot")
    }

    /// All that belongs to the place, each part with its length, so that no two places look alike.
    private static func context(_ head: [UInt8], _ key: ObjectKey) -> [UInt8] {
        var context = head
        for part in [key.resource.group, key.resource.resource, key.name.namespace ?? "", key.name.name] {
            let bytes = Array(part.utf8)
            context += (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) } + bytes
        }
        return context
    }
}
