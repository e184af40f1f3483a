// SPDX-License-Identifier: Apache-2.0

import Documents
import Web

/// A request with what it must be allowed by: one verb on one resource.
struct AccessCase: Sendable {
    let verb: String
    let group: String
    /// `deployments`, or `deployments/scale`.
    let resource: String
    let isNamespaced: Bool
    let method: HTTPMethod
    let path: String
    var body: JSON?
    var type = "application/json"

    var text: String { "\(verb) \(resource)" }

    /// Every verb of the objects of a resource, one of which is called `one`. Nothing is changed by them.
    static func all(_ group: String, _ path: String, _ object: JSON, isNamespaced: Bool = true) -> [AccessCase] {
        let resource = String(path.split(separator: "/").last ?? "")
        var other = object
        other["metadata"]?["name"] = "two"
        func request(
            _ verb: String, _ method: HTTPMethod, _ rest: String = "", _ body: JSON? = nil, _ type: String? = nil
        ) -> AccessCase {
            AccessCase(
                verb: verb, group: group, resource: resource, isNamespaced: isNamespaced, method: method,
                path: path + rest, body: body, type: type ?? "application/json")
        }
        let labels: JSON = ["metadata": ["labels": ["a": "b"]]]
        return [
            request("get", .get, "/one"), request("list", .get), request("watch", .get, "?watch=true"),
            request("watch", .get, "?watch=1&resourceVersion=0"),
            // A list of one object is still a list.
            request("list", .get, "?fieldSelector=metadata.name%3Done"),
            request("create", .post, "?dryRun=All", other), request("update", .put, "/one?dryRun=All", object),
            request("patch", .patch, "/one?dryRun=All", labels, "application/merge-patch+json"),
            request(
                "patch", .patch, "/one?dryRun=All&fieldManager=m&force=true", object, "application/apply-patch+yaml"),
            request("delete", .delete, "/one?dryRun=All"), request("deletecollection", .delete, "?dryRun=All"),
        ]
    }

    /// Every verb of a part of the object `one`.
    static func part(_ name: String, _ group: String, _ path: String, _ object: JSON) -> [AccessCase] {
        let resource = "\(path.split(separator: "/").last ?? "")/\(name)"
        func request(_ verb: String, _ method: HTTPMethod, _ body: JSON?, _ type: String) -> AccessCase {
            AccessCase(
                verb: verb, group: group, resource: resource, isNamespaced: true, method: method,
                path: "\(path)/one/\(name)" + (body == nil ? "" : "?dryRun=All"), body: body, type: type)
        }
        return [
            request("get", .get, nil, ""), request("update", .put, object, "application/json"),
            request("patch", .patch, ["metadata": ["labels": ["a": "b"]]], "application/merge-patch+json"),
        ]
    }
}
