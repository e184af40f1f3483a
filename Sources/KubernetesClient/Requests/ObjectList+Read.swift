// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes

extension ObjectList {
    /// Reads an answer; throws `.corrupt` for what is no list of objects with names.
    init(_ json: JSON, form: ObjectForm) throws(Fault) {
        guard let kind = json["kind"]?.string, let version = json["apiVersion"]?.string, kind.hasSuffix("List"),
            json["metadata"] == nil || json["metadata"]?.object != nil
        else { throw Fault(.corrupt, "a server answers a list request with what is no list") }
        // Items of lists lack what the list says for all of them.
        let itemKind = kind == "List" ? "" : String(kind.dropLast(4))
        var objects: [KubernetesObject] = []
        for item in json["items"]?.array ?? [] {
            var object = KubernetesObject(unchecked: item)
            if item["kind"]?.string?.isEmpty ?? true || item["apiVersion"]?.string?.isEmpty ?? true {
                object = KubernetesObject(unchecked: item.named(version, itemKind))
            }
            if let problem = object.problem ?? (object.name.isEmpty ? "it has no name" : nil) {
                throw Fault(.corrupt, "a server lists what is no object: \(problem)")
            }
            objects.append(form == .metadata ? object.metadataOnly : object)
        }
        let metadata = json["metadata"]
        let token = metadata?["continue"]?.string
        self.init(
            objects: objects, resourceVersion: metadata?["resourceVersion"]?.string ?? "",
            continueToken: token?.isEmpty == true ? nil : token, remaining: metadata?["remainingItemCount"]?.int)
    }
}

extension JSON {
    /// The same object with its kind at the beginning.
    fileprivate func named(_ apiVersion: String, _ kind: String) -> JSON {
        let rest = (object ?? JSONObject()).filter { $0.key != "apiVersion" && $0.key != "kind" }
        return .object(
            JSONObject(
                [("apiVersion", self["apiVersion"] ?? .string(apiVersion)), ("kind", self["kind"] ?? .string(kind))]
                    + rest.map { ($0.key, $0.value) }))
    }
}

extension KubernetesObject {
    /// Only the metadata, also when the server sent all of it.
    var metadataOnly: KubernetesObject {
        guard kind != "PartialObjectMetadata" else { return self }
        return KubernetesObject(
            unchecked: [
                "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata",
                "metadata": json["metadata"] ?? .object(JSONObject()),
            ])
    }
}
