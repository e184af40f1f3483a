// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import KubernetesStore

/// A part of a list as it was read.
struct ObjectList: Sendable {
    let objects: [StoredObject]
    let revision: Int64
    let next: ObjectPage.Position?
}

extension KubernetesAPI {
    /// How many objects are read at once.
    static let pageSize = 500

    /// The next objects of a list that match; at most `limit`, and no more than one page of the store when nothing
    /// matches for long.
    func list(
        _ resource: ServedResource, namespace: String?, _ options: ListOptions, from position: ObjectPage.Position?,
        limit: Int
    ) throws -> ObjectList {
        let isPlain = options.isEverything
        if position == nil, !options.isExact, let found = try single(resource, namespace, options) { return found }
        let page = try store.list(
            resource.storage, namespace: resource.isNamespaced ? namespace : nil, from: position,
            limit: isPlain ? limit : max(limit, Self.pageSize))
        guard !isPlain else { return ObjectList(objects: page.objects, revision: page.revision, next: page.next) }
        var objects: [StoredObject] = []
        for object in page.objects where options.matches(try resource.shown(object), resource) {
            if objects.count == limit, let last = objects.last {
                // There is one more, so the list goes on behind the last that is told.
                return ObjectList(
                    objects: objects, revision: page.revision,
                    next: ObjectPage.Position(revision: page.revision, last: last.key.name))
            }
            objects.append(object)
        }
        return ObjectList(objects: objects, revision: page.revision, next: page.next)
    }

    /// The list of one object, when a selector names it: it is not looked for among all others.
    private func single(
        _ resource: ServedResource, _ namespace: String?, _ options: ListOptions
    ) throws -> ObjectList? {
        guard let name = options.fields.required("metadata.name") else { return nil }
        let home = namespace ?? options.fields.required("metadata.namespace")
        guard !resource.isNamespaced || home != nil else { return nil }
        // The revision is read first: what is found is at least as new, and a watch from it misses nothing.
        let revision = store.revision
        guard let found = try store.object(resource.key(home, name)),
            options.matches(try resource.shown(found), resource)
        else { return ObjectList(objects: [], revision: revision, next: nil) }
        return ObjectList(objects: [found], revision: max(revision, found.revision), next: nil)
    }

    /// Where a list begins: the revision that is asked for, if it is to be just that.
    func start(_ options: ListOptions) throws -> ObjectPage.Position? {
        if let position = options.position { return position }
        guard let revision = options.revision else { return nil }
        guard revision <= store.revision else { throw Self.tooNew(revision, store.revision) }
        return options.isExact ? ObjectPage.Position(revision: revision, last: ObjectName(nil, "")) : nil
    }

    /// 504: the client knows a revision that this server has not reached, as after a restored snapshot.
    static func tooNew(_ revision: Int64, _ current: Int64) -> APIStatus {
        var status = APIStatus(
            504, reason: "Timeout", "Timeout: Too large resource version: \(revision), current: \(current)")
        status.causes = [APIStatus.Cause(reason: "ResourceVersionTooLarge", "Too large resource version")]
        status.retryAfterSeconds = 1
        return status
    }

    /// Every object of a resource, as clients see them, page by page.
    func forEach(
        _ resource: ServedResource, namespace: String? = nil, _ options: ListOptions = ListOptions(),
        _ body: (KubernetesObject) async throws -> Void
    ) async throws {
        var position = try start(options)
        repeat {
            let list = try list(resource, namespace: namespace, options, from: position, limit: Self.pageSize)
            for object in list.objects { try await body(try resource.shown(object)) }
            position = list.next
        } while position != nil
    }
}
