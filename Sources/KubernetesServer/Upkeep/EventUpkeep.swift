// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// Forgets events that are old.
struct EventUpkeep {
    private static let events = GroupResource(group: "", resource: "events")
    private let api: KubernetesAPI
    private let age: Duration

    init(_ api: KubernetesAPI, keeping age: Duration) { (self.api, self.age) = (api, age) }

    func run() async {
        guard let resource = api.catalogue.resource(storing: Self.events) else { return }
        let oldest = api.clock().seconds - age.components.seconds
        do {
            try await api.forEach(resource) { event in
                let last = event.json["lastTimestamp"]?.string ?? event.json["series"]?["lastObservedTime"]?.string
                let told = last ?? event.json["eventTime"]?.string ?? event[metadata: "creationTimestamp"] ?? ""
                let moment = Timestamp(told) ?? event.created.map { Timestamp(seconds: $0.seconds) }
                guard let moment, moment.seconds < oldest else { return }
                _ = try? await api.delete(resource, namespace: event.namespace, event.name, DeleteOptions(), .server)
            }
        } catch {}
    }
}
