// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesFormats

extension ObjectValidator {
    /// Checks volumes and gives their names.
    mutating func volumeNames(_ volumes: [JSON], _ place: FieldPlace) -> Set<String> {
        var names: Set<String> = []
        for (index, volume) in volumes.enumerated() {
            let place = place[index]
            name(volume, place)
            let name = volume.text("name")
            if !name.isEmpty && !names.insert(name).inserted { duplicate(place["name"], .string(name)) }
            let sources = (volume.object ?? [:]).filter { $0.key != "name" && $0.value != .null }.map(\.key)
            for source in sources.dropFirst() { forbidden(place[source], "may not specify more than 1 volume type") }
            guard let source = sources.first, let content = volume.at(source) else { continue }
            let needed = [
                "secret": "secretName", "configMap": "name", "hostPath": "path", "persistentVolumeClaim": "claimName",
            ][source]
            if let needed { needs(content, needed, place[source]) }
        }
        return names
    }

    mutating func mounts(_ mounts: [JSON], _ place: FieldPlace, _ volumes: Set<String>) {
        var paths: Set<String> = []
        for (index, mount) in mounts.enumerated() {
            let place = place[index]
            let (name, path) = (mount.text("name"), mount.text("mountPath"))
            if name.isEmpty { required(place["name"]) }
            if !volumes.contains(name) { add(FieldError(.notFound, place["name"], value: .string(name))) }
            if path.isEmpty { required(place["mountPath"]) }
            if !paths.insert(path).inserted { invalid(place["mountPath"], .string(path), "must be unique") }
            if !mount.text("subPath").isEmpty && !mount.text("subPathExpr").isEmpty {
                invalid(place["subPathExpr"], mount.at("subPathExpr"), "subPathExpr and subPath are mutually exclusive")
            }
        }
    }

    /// Requests and limits: names that are right, amounts that are not negative, requests within limits.
    mutating func resources(_ resources: JSON?, _ place: FieldPlace) {
        let limits = resources?.members("limits") ?? [:]
        let requests = resources?.members("requests") ?? [:]
        amounts(resources?.at("limits"), place["limits"])
        amounts(resources?.at("requests"), place["requests"])
        for (name, request) in requests {
            guard let limit = limits[name], let most = Quantity(limit.string ?? ""),
                let amount = Quantity(request.string ?? ""), amount > most
            else { continue }
            invalid(place["requests"], request, "must be less than or equal to \(name) limit of \(most)")
        }
    }

    mutating func amounts(_ amounts: JSON?, _ place: FieldPlace) {
        for (name, amount) in amounts?.object ?? [:] {
            for problem in NamedFormat.qualifiedName.validate(name) { invalid(place.key(name), .string(name), problem) }
            if let amount = Quantity(amount.string ?? ""), amount.sign < 0 {
                invalid(place.key(name), .string(amount.description), "must be greater than or equal to 0")
            }
        }
    }

    mutating func volume(_ volume: JSON) {
        let place = FieldPlace("spec")
        if volume.items("spec", "accessModes").isEmpty { required(place["accessModes"]) }
        if volume.members("spec", "capacity").isEmpty { required(place["capacity"]) }
        amounts(volume.at("spec", "capacity"), place["capacity"])
    }

    mutating func claim(_ claim: JSON) {
        let place = FieldPlace("spec")
        if claim.items("spec", "accessModes").isEmpty {
            required(place["accessModes"], "at least 1 access mode is required")
        }
        let storage = claim.at("spec", "resources", "requests", "storage")
        guard let text = storage?.string, let amount = Quantity(text) else {
            return required(place["resources"].key("storage"))
        }
        if amount.sign <= 0 { invalid(place["resources"].key("storage"), storage, "must be greater than zero") }
    }

    mutating func claimUpdate(_ claim: JSON, _ old: JSON) {
        func fixed(_ claim: JSON) -> JSON {
            var spec = claim.at("spec") ?? [:]
            spec["resources"] = nil
            spec["volumeAttributesClassName"] = nil
            return spec
        }
        var (before, after) = (fixed(old), fixed(claim))
        // Binding gives the volume its name, once.
        if before.text("volumeName").isEmpty {
            before["volumeName"] = nil
            after["volumeName"] = nil
        }
        guard before != after else { return }
        forbidden(
            FieldPlace("spec"),
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims")
    }

    mutating func storageClassUpdate(_ storage: JSON, _ old: JSON) {
        for key in ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"]
        where storage.at(key) != old.at(key) {
            forbidden(FieldPlace(key), "updates to \(key) are forbidden.")
        }
    }
}
