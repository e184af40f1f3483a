// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes

/// What a request is about, as far as it matters to who may make it.
public struct RequestAttributes: Hashable, Sendable {
    /// Who asks.
    public var user: UserInfo
    /// What is to be done: `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`, or a verb
    /// that only roles know, such as `escalate`; for paths the method in lower case.
    public var verb: String
    /// The namespace; empty for the whole cluster.
    public var namespace = ""
    /// The group of the API; empty for the core group.
    public var group = ""
    /// Its version.
    public var version = ""
    /// The plural name of the resource.
    public var resource = ""
    /// The part of the object, such as `status`; empty for the object.
    public var subresource = ""
    /// The object's name; empty for all, and for one that is being created.
    public var name = ""
    /// The path of a request that is about no resource; nil for all others.
    public let path: String?

    /// A request for a resource.
    public init(
        _ user: UserInfo, _ verb: String, group: String = "", version: String = "", resource: String,
        subresource: String = "", namespace: String = "", name: String = ""
    ) {
        (self.user, self.verb, self.group, self.version) = (user, verb, group, version)
        (self.resource, self.subresource, self.namespace, self.name) = (resource, subresource, namespace, name)
        path = nil
    }

    /// A request for something else.
    public init(_ user: UserInfo, _ verb: String, path: String) {
        (self.user, self.verb, self.path) = (user, verb, path)
    }

    /// Resource and subresource as roles name them: `pods/log`.
    var combinedResource: String { subresource.isEmpty ? resource : "\(resource)/\(subresource)" }

    /// What the user may not do, in the words of Kubernetes' API server.
    var refusal: String {
        let start = "User \(goQuoted(user.name)) cannot \(verb)"
        if let path { return "\(start) path \(goQuoted(path))" }
        let what = "\(start) resource \(goQuoted(combinedResource)) in API group \(goQuoted(group))"
        return namespace.isEmpty ? "\(what) at the cluster scope" : "\(what) in the namespace \(goQuoted(namespace))"
    }
}

extension AccessVerdict {
    /// The answer to a request that is not allowed: 403, with the sentence that clients know.
    public func forbidden(_ request: RequestAttributes) -> APIStatus {
        // The sentence is shown by browsers as well, so what HTML could misread is escaped, as upstream does.
        let sentence = request.refusal.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case UInt8(ascii: "&"): Array("&amp;".utf8)
            case UInt8(ascii: "<"): Array("&lt;".utf8)
            case UInt8(ascii: ">"): Array("&gt;".utf8)
            default: [byte]
            }
        }
        let text = String(decoding: sentence, as: UTF8.self)
        let why = reason.isEmpty ? text : "\(text): \(reason)"
        guard request.path == nil else { return APIStatus(403, reason: "Forbidden", "forbidden: \(why)") }
        let resource = GroupResource(group: request.group, resource: request.resource)
        return .forbidden(resource, request.name.isEmpty ? nil : request.name, why)
    }
}
