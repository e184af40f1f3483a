// SPDX-License-Identifier: Apache-2.0

public import Documents

/// Gives services the addresses and ports that they ask for and nobody has.
public struct ServiceAddresses: Sendable {
    /// A free address inside the cluster; nil when there is none.
    public let nextAddress: @Sendable () -> String?
    /// A free port of the nodes; nil when there is none.
    public let nextNodePort: @Sendable () -> Int?

    /// - Parameters:
    ///   - nextAddress: a free address inside the cluster; nil when there is none.
    ///   - nextNodePort: a free port of the nodes; nil when there is none.
    public init(
        nextAddress: @escaping @Sendable () -> String?, nextNodePort: @escaping @Sendable () -> Int?
    ) {
        (self.nextAddress, self.nextNodePort) = (nextAddress, nextNodePort)
    }

    /// The service with addresses, families and node ports; those it has already, or had before, stay.
    ///
    /// Headless services (`clusterIP: None`) and those of type ExternalName get no address.
    /// - Parameter old: the service as it was; nil when it is new.
    public func assigned(to service: JSON, old: JSON? = nil) -> JSON {
        var service = service
        service.change("spec") { spec in
            let type = spec.text("type")
            guard type != "ExternalName" else {
                for key in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] { spec[key] = nil }
                return
            }
            if spec.text("clusterIP").isEmpty, let first = spec.at("clusterIPs")?[0] { spec["clusterIP"] = first }
            if let before = old?.text("spec", "clusterIP") { spec.fill("clusterIP", .string(before)) }
            if spec.text("clusterIP").isEmpty, let address = nextAddress() { spec["clusterIP"] = .string(address) }
            let address = spec.text("clusterIP")
            guard !address.isEmpty else { return }
            if spec.items("clusterIPs").isEmpty { spec["clusterIPs"] = [.string(address)] }
            if spec.items("ipFamilies").isEmpty { spec["ipFamilies"] = [address.contains(":") ? "IPv6" : "IPv4"] }
            spec.fill("ipFamilyPolicy", "SingleStack")
            assignNodePorts(&spec, type, old?.items("spec", "ports") ?? [])
        }
        return service
    }

    private func assignNodePorts(_ spec: inout JSON, _ type: String, _ before: [JSON]) {
        guard type == "NodePort" || (type == "LoadBalancer" && spec.flag("allocateLoadBalancerNodePorts")) else {
            return
        }
        spec.changeEach("ports") { port in
            guard port.number("nodePort") ?? 0 == 0 else { return }
            let same = before.first {
                $0.number("port") == port.number("port") && $0.text("protocol") == port.text("protocol")
            }
            if let known = same?.number("nodePort"), known > 0 {
                port["nodePort"] = .integer(known)
            } else if let free = nextNodePort() {
                port["nodePort"] = .integer(free)
            }
        }
    }
}
