// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension KindTable {
    static let services = KindTable([
        "Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "+Selector",
    ]) { object, now in
        let ports = object.items("spec", "ports").map { port in
            let node = port.number("nodePort") ?? 0
            return "\(port.number("port") ?? 0)\(node > 0 ? ":\(node)" : "")/\(port.text("protocol"))"
        }
        return [
            name(object), .string(object.text("spec", "type")), cell(clusterAddress(object)),
            .string(externalAddress(object)), cell(ports.joined(separator: ",")), age(object, now),
            .string(LabelText.labels(object.members("spec", "selector"))),
        ]
    }

    private static func clusterAddress(_ service: JSON) -> String {
        service.at("spec", "clusterIPs")?[0]?.string ?? service.text("spec", "clusterIP")
    }

    private static func externalAddress(_ service: JSON) -> String {
        let given = service.items("spec", "externalIPs").compactMap(\.string)
        switch service.text("spec", "type") {
        case "ClusterIP", "NodePort": return given.isEmpty ? "<none>" : given.joined(separator: ",")
        case "LoadBalancer":
            let addresses = balancerAddresses(service) + given
            return addresses.isEmpty ? "<pending>" : addresses.joined(separator: ",")
        case "ExternalName": return service.text("spec", "externalName")
        default: return "<unknown>"
        }
    }

    /// The addresses, or else names, of load balancers, each once and sorted.
    private static func balancerAddresses(_ object: JSON) -> [String] {
        let entries = object.items("status", "loadBalancer", "ingress")
        let texts = entries.map { $0.text("ip").isEmpty ? $0.text("hostname") : $0.text("ip") }
        return Set(texts).filter { !$0.isEmpty }.sorted(by: LabelText.precedes)
    }

    static let ingresses = KindTable(["Name", "Class", "Hosts", "Address", "Ports", "Age"]) { object, now in
        [
            name(object), .string(object.at("spec", "ingressClassName")?.string ?? "<none>"),
            .string(hosts(object.items("spec", "rules"))),
            .string(balancerAddresses(object).joined(separator: ",")),
            .string(object.items("spec", "tls").isEmpty ? "80" : "80, 443"), age(object, now),
        ]
    }

    private static func hosts(_ rules: [JSON]) -> String {
        var hosts: [String] = []
        var hasMore = false
        for rule in rules {
            if hosts.count == 3 { hasMore = true }
            if !hasMore && !rule.text("host").isEmpty { hosts.append(rule.text("host")) }
        }
        guard !hosts.isEmpty else { return "*" }
        return hosts.joined(separator: ",") + (hasMore ? " + \(rules.count - 3) more..." : "")
    }

    static let ingressClasses = KindTable(["Name", "Controller", "Parameters", "Age"]) { object, now in
        let parameters = object.at("spec", "parameters").map { parameters in
            let group = parameters.at("apiGroup")?.string.map { ".\($0)" } ?? ""
            return "\(parameters.text("kind"))\(group)/\(parameters.text("name"))"
        }
        return [
            name(object), .string(object.text("spec", "controller")), .string(parameters ?? "<none>"),
            age(object, now),
        ]
    }

    static let networkPolicies = KindTable(["Name", "Pod-Selector", "Age"]) { object, now in
        [name(object), .string(LabelText.cell(object.at("spec", "podSelector"))), age(object, now)]
    }

    static let endpoints = KindTable(["Name", "Endpoints", "Age"]) { object, now in
        let subsets = object.items("subsets")
        var all: [String] = []
        for subset in subsets {
            let addresses = subset.items("addresses").map { $0.text("ip") }
            let ports = subset.items("ports").compactMap { $0.number("port") }
            // Services without an address of their own may have no ports.
            if ports.isEmpty { all += addresses }
            for port in ports { all += addresses.map { $0.contains(":") ? "[\($0)]:\(port)" : "\($0):\(port)" } }
        }
        return [name(object), .string(subsets.isEmpty ? "<none>" : few(all)), age(object, now)]
    }

    static let endpointSlices = KindTable(["Name", "AddressType", "Ports", "Endpoints", "Age"]) { object, now in
        let ports = object.items("ports").map { port in
            port.number("port").map { "\($0)" } ?? port.at("name")?.string ?? "*"
        }
        let addresses = object.items("endpoints").flatMap { $0.items("addresses").compactMap(\.string) }
        return [
            name(object), .string(object.text("addressType")), cell(few(ports), or: "<unset>"),
            cell(few(addresses), or: "<unset>"), age(object, now),
        ]
    }

    /// The first three, and how many more there are.
    private static func few(_ texts: [String]) -> String {
        texts.prefix(3).joined(separator: ",") + (texts.count > 3 ? " + \(texts.count - 3) more..." : "")
    }
}
