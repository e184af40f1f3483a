// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesFormats

extension ObjectValidator {
    /// A template of pods.
    mutating func template(_ template: JSON?, _ place: FieldPlace) {
        labels(template?.members("metadata", "labels") ?? [:], place["labels"])
        podSpec(template?.at("spec") ?? [:], place["spec"])
    }

    mutating func podSpec(_ spec: JSON, _ place: FieldPlace) {
        let volumes = volumeNames(spec.items("volumes"), place["volumes"])
        var names: Set<String> = []
        for key in ["containers", "initContainers"] {
            let containers = spec.items(key)
            if key == "containers" && containers.isEmpty { required(place[key]) }
            var ports: Set<String> = []
            for (index, container) in containers.enumerated() {
                let place = place[key][index]
                self.container(container, place, volumes: volumes, isFirst: key == "initContainers")
                let name = container.text("name")
                if !name.isEmpty && !names.insert(name).inserted { duplicate(place["name"], .string(name)) }
                hostPorts(container, place, &ports, usesHost: spec.flag("hostNetwork"))
            }
        }
        if let seconds = spec.number("activeDeadlineSeconds"), !(1...Int64(Int32.max)).contains(seconds) {
            invalid(place["activeDeadlineSeconds"], .integer(seconds), "must be between 1 and 2147483647, inclusive")
        }
        for key in ["serviceAccountName", "nodeName", "priorityClassName"] where !spec.text(key).isEmpty {
            formed(spec.text(key), .dns1123Subdomain, place[key])
        }
        for key in ["hostname", "subdomain"] where !spec.text(key).isEmpty {
            formed(spec.text(key), .dns1123Label, place[key])
        }
        labels(spec.members("nodeSelector"), place["nodeSelector"])
    }

    private mutating func container(_ container: JSON, _ place: FieldPlace, volumes: Set<String>, isFirst: Bool) {
        name(container, place)
        let image = container.text("image")
        if image.isEmpty {
            required(place["image"])
        } else if image.first?.isWhitespace == true || image.last?.isWhitespace == true {
            invalid(place["image"], .string(image), "must not have leading or trailing whitespace")
        }
        ports(container.items("ports"), place["ports"])
        for (index, variable) in container.items("env").enumerated() { environment(variable, place["env"][index]) }
        mounts(container.items("volumeMounts"), place["volumeMounts"], volumes)
        resources(container.at("resources"), place["resources"])
        // Containers that run first and end have nothing to be probed.
        let mayProbe = !isFirst || container.text("restartPolicy") == "Always"
        for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
            guard let probe = container.at(key) else { continue }
            guard mayProbe else {
                forbidden(place[key], "may not be set for init containers without restartPolicy=Always")
                continue
            }
            self.probe(probe, place[key], mustSucceedOnce: key != "readinessProbe")
        }
    }

    private mutating func ports(_ ports: [JSON], _ place: FieldPlace) {
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let place = place[index]
            let name = port.text("name")
            if !name.isEmpty {
                let problems = PortName.problems(name)
                for problem in problems { invalid(place["name"], .string(name), problem) }
                if problems.isEmpty && !names.insert(name).inserted { duplicate(place["name"], .string(name)) }
            }
            let number = port.number("containerPort") ?? 0
            if number == 0 { required(place["containerPort"]) } else { self.port(number, place["containerPort"]) }
            if let host = port.number("hostPort"), host != 0 { self.port(host, place["hostPort"]) }
            if port.text("protocol").isEmpty { required(place["protocol"]) }
        }
    }

    private mutating func hostPorts(
        _ container: JSON, _ place: FieldPlace, _ used: inout Set<String>, usesHost: Bool
    ) {
        for (index, port) in container.items("ports").enumerated() {
            let place = place["ports"][index]
            guard let host = port.number("hostPort"), host != 0 else { continue }
            if usesHost, let number = port.number("containerPort"), number != host {
                invalid(place["hostPort"], .integer(host), "must match `containerPort` when `hostNetwork` is true")
            }
            let name = "\(port.text("protocol"))/\(port.text("hostIP"))/\(host)"
            if !used.insert(name).inserted { duplicate(place["hostPort"], .string(name)) }
        }
    }

    private mutating func environment(_ variable: JSON, _ place: FieldPlace) {
        let name = variable.text("name")
        if name.isEmpty {
            required(place["name"])
        } else if !name.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }) {
            invalid(
                place["name"], .string(name),
                "a valid environment variable name must consist only of printable ASCII characters other than '='")
        }
        guard let source = variable.at("valueFrom") else { return }
        let kinds = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef"].filter { source.at($0) != nil }
        if kinds.isEmpty {
            invalid(
                place["valueFrom"], "",
                "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")
        } else if !variable.text("value").isEmpty {
            invalid(place["valueFrom"], "", "may not be specified when `value` is not empty")
        } else if kinds.count > 1 {
            invalid(place["valueFrom"], "", "may not have more than one field specified at a time")
        }
        for kind in ["configMapKeyRef", "secretKeyRef"] where kinds.contains(kind) {
            let key = source.text(kind, "key")
            if key.isEmpty { required(place["valueFrom"][kind]["key"]) }
        }
        if kinds.contains("fieldRef"), source.text("fieldRef", "fieldPath").isEmpty {
            required(place["valueFrom"]["fieldRef"]["fieldPath"])
        }
    }

    private mutating func probe(_ probe: JSON, _ place: FieldPlace, mustSucceedOnce: Bool) {
        handler(probe, place)
        notNegative(
            probe,
            ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"], place)
        if mustSucceedOnce, let count = probe.number("successThreshold"), count != 1 {
            invalid(place["successThreshold"], .integer(count), "must be 1")
        }
    }

    private mutating func handler(_ handler: JSON, _ place: FieldPlace) {
        let kinds = ["exec", "httpGet", "tcpSocket", "grpc"].filter { handler.at($0) != nil }
        if kinds.isEmpty { required(place, "must specify a handler type") }
        for kind in kinds.dropFirst() { forbidden(place[kind], "may not specify more than 1 handler type") }
        guard let kind = kinds.first else { return }
        if kind == "exec" {
            if handler.items("exec", "command").isEmpty { required(place["exec"]["command"]) }
        } else {
            portOrName(handler.at(kind, "port"), place[kind]["port"])
        }
    }

    /// What may change in a pod that runs.
    mutating func podUpdate(_ pod: JSON, _ old: JSON) {
        func fixed(_ pod: JSON) -> JSON {
            var spec = pod.at("spec") ?? [:]
            for key in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "ephemeralContainers"]
            {
                spec[key] = nil
            }
            for key in ["containers", "initContainers"] { spec.changeEach(key) { $0["image"] = nil } }
            // Who binds a pod to a node does it once; gates are only ever opened.
            spec["schedulingGates"] = nil
            return spec
        }
        var before = fixed(old)
        let after = fixed(pod)
        if before.text("nodeName").isEmpty, let node = after["nodeName"] { before["nodeName"] = node }
        guard before != after else { return }
        let allowed = [
            "`spec.containers[*].image`", "`spec.initContainers[*].image`", "`spec.activeDeadlineSeconds`",
            "`spec.tolerations` (only additions to existing tolerations)",
            "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        ]
        forbidden(FieldPlace("spec"), "pod updates may not change fields other than \(allowed.joined(separator: ","))")
    }
}
