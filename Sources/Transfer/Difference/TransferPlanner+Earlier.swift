// SPDX-License-Identifier: Apache-2.0

internal import Repositories

extension TransferPlanner {
    /// Plans a transfer to nowhere, to learn what earlier versions consist of.
    ///
    /// It leads to no trust, so nothing is verified: what a receiver is taken to have is checked there by its digest.
    init(ofEarlierVersionsIn source: ComponentVersionSource, access: AccessMethods, options: TransferOptions) {
        var options = options
        options.trust = []
        let nowhere = EmptyRepository(locator: source.repositories[0].locator)
        self.init(source: source, targets: [nowhere], access: access, options: options)
    }
}
