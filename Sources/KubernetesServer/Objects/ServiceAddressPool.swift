// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesKinds
internal import KubernetesStore

/// Addresses and node ports for services: those that no service has.
///
/// Which are taken, the stored services say; what was handed out lately is remembered as well, since its service may be
/// on its way into the store.
final class ServiceAddressPool: Sendable {
    private static let services = GroupResource(group: "", resource: "services")
    private let store: ObjectStore
    private let lately = Guarded<[String]>([])
    private static let remembered = 256

    init(_ store: ObjectStore) throws { self.store = store }

    /// A service with addresses and ports; throws 422 for an address that another one has.
    func assigned(_ change: ObjectChange) throws -> KubernetesObject {
        let (addresses, ports) = try taken(except: change.new)
        let given = change.new.json["spec"]?["clusterIP"]?.string ?? ""
        if given != "None", addresses.contains(given), change.old?.json["spec"]?["clusterIP"]?.string != given {
            throw APIStatus.invalid(
                change.resource.kind, change.new.name,
                [
                    FieldError(
                        .invalid, "spec.clusterIPs", value: [.string(given)],
                        "failed to allocate IP \(given): provided IP is already allocated")
                ])
        }
        let source = ServiceAddresses(
            nextAddress: { [self] in
                free(taken: addresses) { "10.43.\(Int.random(in: 0...255)).\(Int.random(in: 2...254))" }
            },
            nextNodePort: { [self] in
                free(taken: ports) { "\(Int.random(in: 30_000...32_767))" }.flatMap { Int($0) }
            })
        return KubernetesObject(unchecked: source.assigned(to: change.new.json, old: change.old?.json))
    }

    private func free(taken: Set<String>, _ make: () -> String) -> String? {
        for _ in 0..<10_000 {
            let candidate = make()
            guard !taken.contains(candidate) else { continue }
            let isNew = lately.withLock { lately in
                guard !lately.contains(candidate) else { return false }
                lately.append(candidate)
                if lately.count > Self.remembered { lately.removeFirst() }
                return true
            }
            if isNew { return candidate }
        }
        return nil
    }

    private func taken(except service: KubernetesObject) throws -> (addresses: Set<String>, ports: Set<String>) {
        var addresses: Set<String> = [], ports: Set<String> = []
        var position: ObjectPage.Position?
        repeat {
            let page = try store.list(Self.services, from: position, limit: 500)
            for stored in page.objects where stored.uid != service.uid {
                let spec = try stored.object().json["spec"]
                for address in spec?["clusterIPs"]?.array ?? [] { addresses.insert(address.string ?? "") }
                for port in spec?["ports"]?.array ?? [] { ports.insert(port["nodePort"]?.int.map { "\($0)" } ?? "") }
            }
            position = page.next
        } while position != nil
        return (addresses, ports)
    }
}
