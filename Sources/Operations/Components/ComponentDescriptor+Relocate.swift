// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Orchestration
internal import Repositories

extension ComponentDescriptor {
    /// The descriptor with the places and digests that operations before this one gave to its resources.
    ///
    /// - Parameter repository: where the descriptor is going; nil when that does not matter, as for its digest.
    func relocated(by context: OperationContext, in repository: RepositoryLocator? = nil) throws(Fault)
        -> ComponentDescriptor
    {
        let moved = context.relocations(of: identity, in: repository)
        guard !moved.isEmpty else { return self }
        let read = context.version(identity)?.version.descriptor
        var descriptor = self
        for (index, resource) in resources.enumerated() {
            guard let json = moved[resource.identity] else { continue }
            let new = try Resource(json, place: "the resource \(resource.identity) of \(identity)")
            if let read, read.resources.contains(resource) {
                // Nobody changed the resource in between, so labels that were added to it count too.
                descriptor.resources[index] = new
            } else {
                descriptor.resources[index].access = new.access
                descriptor.resources[index].digest = new.digest
            }
        }
        return descriptor
    }
}
