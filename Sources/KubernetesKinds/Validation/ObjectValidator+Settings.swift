// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes

extension ObjectValidator {
    /// What config maps and secrets may hold in all.
    private static let mostBytes = 1_048_576

    mutating func configMap(_ object: JSON) {
        let texts = object.members("data"), bytes = object.members("binaryData")
        var size = 0
        for (key, value) in texts {
            dataKey(key, FieldPlace("data"))
            if bytes[key] != nil {
                invalid(FieldPlace("data").key(key), .string(key), "duplicate of key present in binaryData")
            }
            size += value.string?.utf8.count ?? 0
        }
        for (key, value) in bytes {
            dataKey(key, FieldPlace("binaryData"))
            size += Self.decodedSize(value.string ?? "")
        }
        if size > Self.mostBytes { tooLarge(FieldPlace("")) }
    }

    private mutating func tooLarge(_ place: FieldPlace) {
        add(FieldError(.tooLong, place, "may not be more than \(Self.mostBytes) bytes"))
    }

    private static func decodedSize(_ base64: String) -> Int {
        base64.utf8.count / 4 * 3 - base64.utf8.suffix(2).count { $0 == UInt8(ascii: "=") }
    }

    /// A key, which can be the name of a file.
    private mutating func dataKey(_ key: String, _ place: FieldPlace) {
        func add(_ problem: String) { invalid(place.key(key), .string(key), problem) }
        if key.utf8.count > 253 { add("must be no more than 253 characters") }
        let isPlain = key.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || "-_.".utf8.contains($0)
        }
        if key.isEmpty || !isPlain {
            add(
                "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or "
                    + "'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")
        }
        if key == "." { add("must not be '.'") }
        if key == ".." { add("must not be '..'") } else if key.hasPrefix("..") { add("must not start with '..'") }
    }

    mutating func secret(_ object: JSON) {
        let (data, place) = (object.members("data"), FieldPlace("data"))
        var size = 0
        for (key, value) in data {
            dataKey(key, place)
            size += Self.decodedSize(value.string ?? "")
        }
        if size > Self.mostBytes { tooLarge(place) }
        switch object.text("type") {
        case "kubernetes.io/service-account-token":
            let key = "kubernetes.io/service-account.name"
            if object.text("metadata", "annotations", key).isEmpty {
                required(FieldPlace("metadata.annotations").key(key))
            }
        case "kubernetes.io/dockercfg": document(data[".dockercfg"], place.key(".dockercfg"))
        case "kubernetes.io/dockerconfigjson": document(data[".dockerconfigjson"], place.key(".dockerconfigjson"))
        case "kubernetes.io/basic-auth":
            if data["username"] == nil && data["password"] == nil {
                required(place.key("username"))
                required(place.key("password"))
            }
        case "kubernetes.io/ssh-auth":
            if data["ssh-privatekey"]?.string?.isEmpty ?? true { required(place.key("ssh-privatekey")) }
        case "kubernetes.io/tls":
            for key in ["tls.crt", "tls.key"] where data[key] == nil { required(place.key(key)) }
        default: break
        }
    }

    /// JSON that must be an object; what is in a secret is never shown.
    private mutating func document(_ value: JSON?, _ place: FieldPlace) {
        guard let text = value?.string else { return required(place) }
        let bytes = [UInt8](base64: text) ?? []
        if case .object? = try? JSON(parsing: bytes, source: "a secret") { return }
        invalid(place, "<secret contents redacted>", "must be a JSON object")
    }

    /// Data that was made immutable.
    mutating func dataUpdate(_ object: JSON, _ old: JSON, _ keys: [String]) {
        guard old.flag("immutable") else { return }
        let detail = "field is immutable when `immutable` is set"
        if !object.flag("immutable") { forbidden(FieldPlace("immutable"), detail) }
        for key in keys where object.members(key) != old.members(key) { forbidden(FieldPlace(key), detail) }
    }

    mutating func secretUpdate(_ object: JSON, _ old: JSON) {
        immutable("type", of: object, old, FieldPlace(""))
        dataUpdate(object, old, ["data"])
    }

    mutating func lease(_ object: JSON) {
        let place = FieldPlace("spec")
        if let seconds = object.number("spec", "leaseDurationSeconds"), seconds <= 0 {
            invalid(place["leaseDurationSeconds"], .integer(seconds), "must be greater than 0")
        }
        notNegative(object.at("spec") ?? [:], ["leaseTransitions"], place)
    }

    mutating func priorityClass(_ object: JSON) {
        let value = object.number("value") ?? 0
        let isSystem = object.text("metadata", "name").hasPrefix("system-")
        if isSystem {
            forbidden(
                FieldPlace("metadata.name"),
                "priority class names with 'system-' prefix are reserved for system use only")
        } else if value > 1_000_000_000 {
            forbidden(FieldPlace("value"), "maximum allowed value of a user defined priority is 1000000000")
        }
    }

    mutating func priorityClassUpdate(_ object: JSON, _ old: JSON) {
        if object.at("value") != old.at("value") { forbidden(FieldPlace("value"), "may not be changed in an update.") }
        immutable("preemptionPolicy", of: object, old, FieldPlace(""))
    }

    mutating func disruptionBudget(_ object: JSON) {
        let (spec, place) = (object.at("spec") ?? [:], FieldPlace("spec"))
        if spec.at("minAvailable") != nil && spec.at("maxUnavailable") != nil {
            invalid(place, spec, "minAvailable and maxUnavailable cannot be both set")
        }
        for key in ["minAvailable", "maxUnavailable"] { countOrPercent(spec.at(key), place[key]) }
        selector(spec.at("selector"), place["selector"])
    }

    mutating func autoscaler(_ object: JSON) {
        let (spec, place) = (object.at("spec") ?? [:], FieldPlace("spec"))
        let most = spec.number("maxReplicas") ?? 0
        if let least = spec.number("minReplicas"), least < 1 {
            invalid(place["minReplicas"], .integer(least), "must be greater than or equal to 1")
        }
        if most < 1 { invalid(place["maxReplicas"], .integer(most), "must be greater than 0") }
        if let least = spec.number("minReplicas"), most < least {
            invalid(place["maxReplicas"], .integer(most), "must be greater than or equal to `minReplicas`")
        }
        // What v1 keeps in annotations becomes fields; what cannot become one would be lost.
        if object.text("apiVersion") == "autoscaling/v1" {
            let annotations = object.members("metadata", "annotations")
            for name in AutoscalerForms.Annotation.all where annotations[name] != nil {
                guard AutoscalerForms.value(of: name, in: annotations) == nil else { continue }
                let kept = FieldPlace("metadata.annotations")[name]
                invalid(kept, annotations[name], "must be the JSON that a server writes there")
            }
        }
        for key in ["kind", "name"] { needs(spec.at("scaleTargetRef") ?? [:], key, place["scaleTargetRef"]) }
    }
}
