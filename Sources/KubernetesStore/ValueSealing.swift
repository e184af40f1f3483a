// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Kubernetes

/// How values are kept from those who read the disk.
public protocol ValueSealing: Sendable {
    /// Whether values of a resource are sealed.
    func seals(_ resource: GroupResource) -> Bool
    /// Seals bytes for a place; they can be opened for that place only.
    func seal(_ bytes: [UInt8], for key: ObjectKey) throws(Fault) -> [UInt8]
    /// Opens what was sealed; throws `.corrupt` when it is not what was sealed for the place.
    func open(_ bytes: [UInt8], for key: ObjectKey) throws(Fault) -> [UInt8]
    /// Whether bytes are sealed as they would be now, with the same key.
    func isCurrent(_ bytes: [UInt8]) -> Bool
}

extension ValueSealing {
    /// Nothing is known to be.
    public func isCurrent(_ bytes: [UInt8]) -> Bool { false }
}

extension ObjectStore {
    func sealed(_ value: StoredValue, _ key: ObjectKey) throws(Fault) -> StoredValue {
        guard let sealing = settings.sealing, sealing.seals(key.resource) else { return value }
        // A place of -1 says that the value is sealed; the one in the value stands before it then.
        var bytes = (0..<4).map { UInt8(truncatingIfNeeded: value.place >> ($0 * 8)) }
        bytes += value.bytes
        return StoredValue(bytes: try sealing.seal(bytes, for: key), place: -1)
    }

    func opened(_ object: StoredObject) throws(Fault) -> StoredObject {
        guard object.value.place < 0 else { return object }
        guard let sealing = settings.sealing else {
            throw Fault(.forbidden, "\(object.key) is sealed, and there is no key", fix: "name the key file")
        }
        let bytes = try sealing.open(object.value.bytes, for: object.key)
        guard bytes.count > 4 else { throw Fault(.corrupt, "\(object.key) is damaged", fix: "restore a snapshot") }
        let place = bytes[..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        let value = StoredValue(bytes: Array(bytes[4...]), place: place)
        guard place <= value.bytes.count else {
            throw Fault(.corrupt, "\(object.key) is damaged", fix: "restore a snapshot")
        }
        return StoredObject(key: object.key, uid: object.uid, revision: object.revision, value: value)
    }

    func opened(_ change: StoreChange) throws(Fault) -> StoreChange {
        guard change.object.value.place < 0 || (change.before?.value.place ?? 0) < 0 else { return change }
        let before = try change.before.map { (object) throws(Fault) in try opened(object) }
        return StoreChange(change.kind, try opened(change.object), before: before)
    }
}
