// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// Forgets events whose last moment is long ago: that of the server's clock when they were made, or a later one that they
/// tell.
struct EventUpkeep {
    private static let events = GroupResource(group: "", resource: "events")
    private let api: KubernetesAPI
    private let age: Duration

    init(_ api: KubernetesAPI, keeping age: Duration) { (self.api, self.age) = (api, age) }

    func run() async {
        guard let resource = api.catalogue.resource(storing: Self.events) else { return }
        let now = api.clock().seconds, span = age.components.seconds
        do {
            try await api.forEach(resource) { event in
                let json = event.json
                let told = [
                    json["lastTimestamp"], json["series"]?["lastObservedTime"], json["eventTime"],
                    event[metadata: "creationTimestamp"].map { .string($0) },
                ]
                // Clocks of clients go wrong, and our own may have: what has not happened yet says nothing.
                let moments = told.compactMap { $0?.string.flatMap { Timestamp($0)?.seconds } }.filter {
                    $0 <= now + span
                }
                guard moments.max() ?? 0 < now - span else { return }
                _ = try? await api.delete(resource, namespace: event.namespace, event.name, DeleteOptions(), .server)
            }
        } catch {}
    }
}
