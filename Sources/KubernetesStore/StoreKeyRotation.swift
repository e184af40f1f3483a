// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension ObjectStore {
    /// Gives a store that nobody has open a new key: makes the key, seals all values anew, and forgets the old keys.
    /// Returns how many values were sealed anew.
    ///
    /// Nobody can open the store meanwhile. When it is stopped at any moment all values can still be opened, and it can be
    /// done again. Snapshots from before need the keys of before.
    ///
    /// Throws `.conflict` when the store is in use, `.notFound` when there is none, `.corrupt` for a value that the keys do
    /// not open; the old keys are kept then.
    ///
    /// - Parameters:
    ///   - keys: the file with the keys.
    ///   - isKeeping: whether the old keys are kept, so that snapshots from before can still be used.
    public static func rotateKeys(_ path: String, keys: String, isKeeping: Bool = false) async throws -> Int {
        guard FileSystem.exists(path) else {
            throw Fault(.notFound, "there is no store at \(path)", fix: "name the folder that the server is given")
        }
        let lock = try StoreLock(path)
        var settings = Settings()
        let store: ObjectStore
        do {
            try SealingKeyFile.addKey(keys)
            settings.sealing = try KeyFileSealing(keys)
            store = try ObjectStore(path, settings, lock: lock)
        } catch {
            lock.release()
            throw error
        }
        do {
            let count = try await store.rewrap()
            if !isKeeping { try SealingKeyFile.dropOldKeys(keys) }
            await store.close()
            return count
        } catch {
            await store.close()
            throw error
        }
    }
}
