// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes
internal import Web

extension KubernetesClient {
    /// An object, or a part of one such as its `status` or `scale`.
    ///
    /// - Parameter resourceVersion: `0` for any version that the server has at hand; nil for the present one.
    public func get(
        _ resource: GroupVersionResource, _ name: ObjectName, subresource: String? = nil, form: ObjectForm = .whole,
        resourceVersion: String? = nil
    ) async throws -> KubernetesObject {
        var request = APIRequest(.get, try Self.path(resource, name, subresource))
        if form == .metadata { request.accept = MediaType.metadata }
        request.ask("resourceVersion", resourceVersion)
        let object = try object(try await json(request), request)
        return form == .metadata ? object.metadataOnly : object
    }

    /// One page of a list; all namespaces when none is named.
    public func list(
        _ resource: GroupVersionResource, namespace: String? = nil, _ options: ListOptions = ListOptions()
    ) async throws -> ObjectList {
        var request = APIRequest(.get, try Self.path(resource, namespace: namespace))
        request.accept = options.form == .metadata ? MediaType.metadataList : MediaType.json
        request.limit = settings.listBytes
        request.ask("labelSelector", options.labels.description)
        request.ask("fieldSelector", options.fields.description)
        request.ask("limit", options.limit.map { "\($0)" })
        request.ask("continue", options.continueToken)
        if options.continueToken == nil {
            request.ask("resourceVersion", options.resourceVersion)
            if options.resourceVersion != nil { request.ask("resourceVersionMatch", options.match?.rawValue) }
        }
        return try ObjectList(try await json(request), form: options.form)
    }

    /// The pages of a list one after the other, all of one moment. Throws an `APIStatus` with 410 when the server has
    /// forgotten that moment meanwhile: who reads slowly asks for everything again.
    public func pages(
        _ resource: GroupVersionResource, namespace: String? = nil, _ options: ListOptions = ListOptions()
    ) -> ObjectPages {
        ObjectPages(client: self, resource: resource, namespace: namespace, options: options)
    }

    /// All objects of a list in memory, at most `atMost`; begins again, with one large page, when the server has
    /// forgotten what it began with.
    public func listAll(
        _ resource: GroupVersionResource, namespace: String? = nil, _ options: ListOptions = ListOptions(),
        atMost: Int = 1_000_000
    ) async throws -> ObjectList {
        var options = options
        while true {
            var objects: [KubernetesObject] = []
            do {
                for try await page in pages(resource, namespace: namespace, options) {
                    objects += page.objects
                    guard objects.count <= atMost else {
                        throw Fault(.limitExceeded, "\(configuration) has more than \(atMost) \(resource.resource)")
                    }
                    guard page.continueToken == nil else { continue }
                    return ObjectList(
                        objects: objects, resourceVersion: page.resourceVersion, continueToken: nil, remaining: nil)
                }
            } catch let status as APIStatus where status.isExpired && options.limit != nil && !objects.isEmpty {
                (options.limit, options.continueToken) = (nil, nil)
            }
        }
    }

    // MARK: Paths and objects

    static func path(_ resource: GroupVersionResource, _ name: ObjectName, _ subresource: String? = nil) throws(Fault)
        -> String
    {
        // A subresource may have a path of its own behind it, as `proxy/…` has.
        let parts = subresource?.split(separator: "/").map(String.init) ?? []
        return try APIRequest.path(segments(resource, name.namespace) + [name.name] + parts)
    }

    static func path(_ resource: GroupVersionResource, namespace: String?) throws(Fault) -> String {
        try APIRequest.path(segments(resource, namespace))
    }

    private static func segments(_ resource: GroupVersionResource, _ namespace: String?) -> [String] {
        let version = resource.groupVersion
        let start = version.group.isEmpty ? ["api", version.version] : ["apis", version.group, version.version]
        return start + (namespace.map { ["namespaces", $0] } ?? []) + [resource.resource]
    }

    /// Reads an object that was answered.
    func object(_ json: JSON, _ request: APIRequest) throws(Fault) -> KubernetesObject {
        let object = KubernetesObject(unchecked: json)
        if let problem = object.problem {
            throw Fault(.corrupt, "\(configuration) answers \(request) with what is no object: \(problem)")
        }
        return object
    }
}

/// The pages of a list, for one reader at a time.
public struct ObjectPages: AsyncSequence, Sendable {
    /// One page.
    public typealias Element = ObjectList
    let client: KubernetesClient
    let resource: GroupVersionResource
    let namespace: String?
    let options: ListOptions

    /// Reads the pages.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let pages: ObjectPages
        var next: ListOptions?

        /// The next page; nil behind the last.
        public mutating func next() async throws -> ObjectList? { try await next(isolation: nil) }

        /// The next page; nil behind the last.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> ObjectList? {
            guard var options = next else { return nil }
            let page = try await pages.client.list(pages.resource, namespace: pages.namespace, options)
            if let token = page.continueToken, token == options.continueToken {
                throw Fault(
                    .corrupt, "\(pages.client.configuration) goes on with the same page of \(pages.resource.resource)")
            }
            options.continueToken = page.continueToken
            next = page.continueToken == nil ? nil : options
            return page
        }
    }

    /// Begins with the first page, or where the options say.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: self, next: options) }
}
