// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesFormats

extension ObjectValidator {
    mutating func service(_ object: JSON) {
        let (spec, place) = (object.at("spec") ?? [:], FieldPlace("spec"))
        let type = spec.text("type"), address = spec.text("clusterIP")
        let ports = spec.items("ports")
        if ports.isEmpty && address != "None" && type != "ExternalName" { required(place["ports"]) }
        if type == "ExternalName" {
            let name = spec.text("externalName")
            let host = name.hasSuffix(".") ? String(name.dropLast()) : name
            if host.isEmpty {
                required(place["externalName"])
            } else {
                formed(host, .dns1123Subdomain, place["externalName"])
            }
        } else if !address.isEmpty && address != "None" && !Self.isAddress(address) {
            let detail = "must be empty, 'None', or a valid IP address"
            add(FieldError(.invalid, place["clusterIPs"][0], value: .string(address), detail))
        }
        if address == "None" && (type == "NodePort" || type == "LoadBalancer") {
            invalid(place["clusterIPs"][0], "None", "may not be set to 'None' for \(type) services")
        }
        labels(spec.members("selector"), place["selector"])
        servicePorts(ports, place["ports"], type)
    }

    private mutating func servicePorts(_ ports: [JSON], _ place: FieldPlace, _ type: String) {
        var (names, numbers): (Set<String>, Set<String>) = ([], [])
        for (index, port) in ports.enumerated() {
            let place = place[index]
            let name = port.text("name")
            if name.isEmpty {
                if ports.count > 1 { required(place["name"]) }
            } else {
                formed(name, .dns1123Label, place["name"])
                if !names.insert(name).inserted { duplicate(place["name"], .string(name)) }
            }
            self.port(port.number("port") ?? 0, place["port"])
            if port.text("protocol").isEmpty { required(place["protocol"]) }
            portOrName(port.at("targetPort"), place["targetPort"])
            if type == "ClusterIP", let node = port.number("nodePort"), node != 0 {
                forbidden(place["nodePort"], "may not be used when `type` is 'ClusterIP'")
            }
            let key = "\(port.text("protocol"))/\(port.number("port") ?? 0)"
            if !numbers.insert(key).inserted {
                let fields =
                    "Name:\"\", Protocol:\(ValueText.quoted(port.text("protocol"))), AppProtocol:(*string)(nil), "
                    + "Port:\(port.number("port") ?? 0), "
                    + "TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}, NodePort:0"
                add(FieldError(.duplicate, place, value: .string(key), valueText: "core.ServicePort{\(fields)}"))
            }
        }
    }

    mutating func serviceUpdate(_ object: JSON, _ old: JSON) {
        let (new, before) = (object.text("spec", "clusterIP"), old.text("spec", "clusterIP"))
        let isNamed = [object, old].contains { $0.text("spec", "type") == "ExternalName" }
        guard !isNamed, !before.isEmpty, new != before else { return }
        let addresses: JSON = [.string(new)]
        add(
            FieldError(
                .invalid, FieldPlace("spec.clusterIPs")[0], value: addresses, valueText: ValueText.text(addresses),
                "may not change once set"))
    }

    mutating func ingress(_ object: JSON) {
        let (spec, place) = (object.at("spec") ?? [:], FieldPlace("spec"))
        let rules = spec.items("rules")
        if rules.isEmpty && spec.at("defaultBackend") == nil {
            add(
                FieldError(
                    .invalid, place, value: [], valueText: "[]networking.IngressRule(nil)",
                    "either `defaultBackend` or `rules` must be specified"))
        }
        if let backend = spec.at("defaultBackend") { self.backend(backend, place["defaultBackend"]) }
        for (index, rule) in rules.enumerated() {
            let place = place["rules"][index]
            host(rule.text("host"), place["host"])
            guard let http = rule.at("http") else { continue }
            let paths = http.items("paths")
            if paths.isEmpty { required(place["http.paths"]) }
            for (index, path) in paths.enumerated() { ingressPath(path, place["http.paths"][index]) }
        }
        for (index, entry) in spec.items("tls").enumerated() {
            for (number, name) in entry.items("hosts").enumerated() {
                host(name.string ?? "", place["tls"][index]["hosts"][number])
            }
        }
    }

    private mutating func host(_ host: String, _ place: FieldPlace) {
        guard !host.isEmpty else { return }
        if Self.isAddress(host) { return invalid(place, .string(host), "must be a DNS name, not an IP address") }
        guard host.contains("*") else { return formed(host, .dns1123Subdomain, place) }
        let rest = host.dropFirst(2)
        if !host.hasPrefix("*.") || !NamedFormat.dns1123Subdomain.validate(String(rest)).isEmpty {
            invalid(
                place, .string(host),
                "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
                    + "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character "
                    + "(e.g. '*.example.com', regex used for validation is "
                    + "'\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")
        }
    }

    private mutating func ingressPath(_ path: JSON, _ place: FieldPlace) {
        let text = path.text("path"), type = path.text("pathType")
        if type.isEmpty { required(place["pathType"], "pathType must be specified") }
        if (type == "Exact" || type == "Prefix" || !text.isEmpty) && !text.hasPrefix("/") {
            invalid(place["path"], .string(text), "must be an absolute path")
        }
        if type == "Exact" || type == "Prefix" {
            for part in ["//", "/./", "/../", "%2f", "%2F"] where text.contains(part) {
                invalid(place["path"], .string(text), "must not contain '\(part)'")
            }
        }
        backend(path.at("backend") ?? [:], place["backend"])
    }

    private mutating func backend(_ backend: JSON, _ place: FieldPlace) {
        let hasResource = backend.at("resource") != nil
        guard let service = backend.at("service") else {
            if !hasResource { required(place, "resource or service backend is required") }
            return
        }
        if hasResource { return invalid(place, "", "cannot set both resource and service backends") }
        if service.text("name").isEmpty {
            required(place["service.name"])
        } else {
            formed(service.text("name"), .dns1035Label, place["service.name"])
        }
        let name = service.text("port", "name"), number = service.number("port", "number") ?? 0
        if name.isEmpty && number == 0 {
            required(place["service.port"], "port name or number is required")
        } else if !name.isEmpty && number != 0 {
            invalid(place["service.port"], service.at("port"), "cannot set both port name & port number")
        } else if number != 0 {
            port(number, place["service.port.number"])
        } else {
            portOrName(.string(name), place["service.port.name"])
        }
    }

    mutating func networkPolicy(_ object: JSON) {
        let (spec, place) = (object.at("spec") ?? [:], FieldPlace("spec"))
        selector(spec.at("podSelector"), place["podSelector"])
        for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
            for (index, rule) in spec.items(direction).enumerated() {
                let place = place[direction][index]
                for (number, port) in rule.items("ports").enumerated() {
                    portOrName(port.at("port"), place["ports"][number]["port"])
                }
                for (number, peer) in rule.items(peers).enumerated() { self.peer(peer, place[peers][number]) }
            }
        }
    }

    private mutating func peer(_ peer: JSON, _ place: FieldPlace) {
        let isBlock = peer.at("ipBlock") != nil
        let selectors = ["podSelector", "namespaceSelector"].filter { peer.at($0) != nil }
        if !isBlock && selectors.isEmpty { required(place, "must specify a peer") }
        if isBlock && !selectors.isEmpty {
            forbidden(place, "may not specify both ipBlock and another peer")
        }
        for key in selectors { selector(peer.at(key), place[key]) }
        if isBlock && peer.text("ipBlock", "cidr").isEmpty { required(place["ipBlock.cidr"]) }
    }
}
