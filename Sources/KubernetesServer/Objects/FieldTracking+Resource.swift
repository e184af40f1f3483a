// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesPatches

extension ServedResource {
    /// Who set which fields, for one endpoint of the resource.
    func tracking(_ part: ObjectPart) -> FieldTracking {
        let status = FieldSet([FieldPath(fields: "status")])
        let filter: FieldFilter =
            switch part {
            case .main: hasStatus ? .excluding(status) : .all
            case .status: .only(status)
            case .whole: .all
            }
        return FieldTracking(
            versions: strategy.versions, apiVersion: kind.apiVersion, kind: kind.kind, subresource: part.subresource,
            filter: filter, emptyObject: strategy.emptyObject)
    }
}

extension KubernetesObject {
    /// `metadata.managedFields`.
    var managedFields: JSON? {
        get { json["metadata"]?["managedFields"] }
        set { setMetadata("managedFields", newValue) }
    }
}
