// SPDX-License-Identifier: Apache-2.0

extension ComponentVersionRepository {
    /// The repository over a store that this is or stands in front of; nil for other kinds.
    public var storeRepository: StoreRepository? {
        if let pinned = self as? PinnedRepository { return pinned.base.storeRepository }
        return self as? StoreRepository
    }
}
