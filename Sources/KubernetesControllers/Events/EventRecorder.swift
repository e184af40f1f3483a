// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Chronology
internal import Cryptography
internal import Documents
public import Kubernetes
public import KubernetesClient
public import Reconciling

/// Tells people what happened to objects: Events of the core group.
///
/// The same event once more only counts. An object that has too much to tell is heard less often; what cannot be told is
/// dropped, since no reconciler waits for it.
public actor EventRecorder {
    private let client: KubernetesClient
    private let component: String
    private let now: @Sendable () -> Moment
    /// Events that were told, by what they say, oldest first.
    private var known: [Key: Told] = [:]
    private var order: [Key] = []
    /// How much each object may still tell, and since when.
    private var shares: [String: (left: Double, at: Int64)] = [:]
    private var waiting: [(ReconcilePass.Event, KubernetesObject)] = []
    private var sending: Task<Void, Never>?

    private static let remembered = 1024
    private static let burst = 25.0
    private static let secondsForOne = 300.0
    private static let queued = 512
    private static let longestMessage = 1024

    private struct Key: Hashable {
        let uid: String
        let reason: String
        let message: String
        let isWarning: Bool
    }
    private struct Told {
        let name: ObjectName
        var count: Int64
        var last: Int64
    }

    /// Tells events in the name of a component.
    public init(_ client: KubernetesClient, component: String, now: @escaping @Sendable () -> Moment) {
        (self.client, self.component, self.now) = (client, component, now)
    }

    /// Tells an event about an object; returns at once.
    public func record(_ event: ReconcilePass.Event, about object: KubernetesObject) {
        guard waiting.count < Self.queued else { return }
        waiting.append((event, object))
        guard sending == nil else { return }
        sending = Task { await send() }
    }

    /// Waits until all that is to be told is told.
    public func flush() async { await sending?.value }

    private func send() async {
        while !waiting.isEmpty {
            let (event, object) = waiting.removeFirst()
            // What people are told is not worth an error of its own: the condition says the same.
            try? await tell(event, object)
        }
        sending = nil
    }

    private func tell(_ event: ReconcilePass.Event, _ object: KubernetesObject) async throws {
        let moment = now()
        let message = String(event.message.prefix(Self.longestMessage))
        let key = Key(uid: object.uid ?? "", reason: event.reason, message: message, isWarning: event.isWarning)
        guard mayTell(key.uid.isEmpty ? "\(object.kind) \(object.objectName)" : key.uid, moment.seconds) else { return }
        let events = GroupVersionResource("", "v1", "events")
        if var told = known[key], moment.seconds - told.last < 3000 {
            told.count += 1
            told.last = moment.seconds
            do {
                _ = try await client.patch(
                    events, told.name,
                    .merge([
                        "count": .number(JSONNumber(told.count)), "lastTimestamp": .string(moment.kubernetesText),
                    ]))
                known[key] = told
                return
            } catch let status as APIStatus where status.code == 404 {
                // It was forgotten meanwhile: it is told anew.
            }
        }
        if known.removeValue(forKey: key) != nil { order.removeAll { $0 == key } }
        let created = try await client.create(make(event, message, object, moment), in: events)
        known[key] = Told(name: created.objectName, count: 1, last: moment.seconds)
        order.append(key)
        if order.count > Self.remembered { known[order.removeFirst()] = nil }
    }

    /// Takes one from the object's share.
    private func mayTell(_ uid: String, _ seconds: Int64) -> Bool {
        if shares.count > Self.remembered { shares = shares.filter { seconds - $0.value.at < 600 } }
        var share = shares[uid] ?? (Self.burst, seconds)
        share.left = min(Self.burst, share.left + Double(max(0, seconds - share.at)) / Self.secondsForOne)
        share.at = seconds
        let isAllowed = share.left >= 1
        if isAllowed { share.left -= 1 }
        shares[uid] = share
        return isAllowed
    }

    /// What an event's name begins with: the object's, where that may be the beginning of a name.
    private static func stem(_ name: String) -> String {
        let bytes = name.lowercased().utf8.map { byte in
            byte == 0x2E || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) ? byte : UInt8(ascii: "-")
        }
        let labels = bytes.prefix(200).split(separator: 0x2E).compactMap { label in
            let start = label.drop { $0 == 0x2D }
            guard let end = start.lastIndex(where: { $0 != 0x2D }) else { return String?.none }
            return String(decoding: start[...end], as: UTF8.self)
        }
        return labels.isEmpty ? "object" : labels.joined(separator: ".")
    }

    private func make(
        _ event: ReconcilePass.Event, _ message: String, _ object: KubernetesObject, _ moment: Moment
    ) -> KubernetesObject {
        let time = JSON.string(moment.kubernetesText)
        let suffix = SecureRandom.bytes(8).hex
        var json: JSON = [
            "apiVersion": "v1", "kind": "Event",
            "metadata": [
                "name": .string("\(Self.stem(object.name)).\(suffix)"),
                "namespace": .string(object.namespace ?? "default"),
            ],
            "reason": .string(event.reason), "message": .string(message),
            "type": event.isWarning ? "Warning" : "Normal", "count": 1, "firstTimestamp": time, "lastTimestamp": time,
            "source": ["component": .string(component)], "reportingComponent": .string(component),
            "reportingInstance": .string(component),
        ]
        var about: JSON = [
            "apiVersion": .string(object.apiVersion), "kind": .string(object.kind), "name": .string(object.name),
        ]
        if let namespace = object.namespace { about["namespace"] = .string(namespace) }
        if let uid = object.uid { about["uid"] = .string(uid) }
        if let version = object.resourceVersion { about["resourceVersion"] = .string(version) }
        json["involvedObject"] = about
        return KubernetesObject(unchecked: json)
    }
}
