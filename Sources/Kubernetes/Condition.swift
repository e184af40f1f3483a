// SPDX-License-Identifier: Apache-2.0

public import Chronology
public import Documents

/// An entry of `status.conditions`: one thing that is so, is not so, or is not known.
public struct Condition: Hashable, Sendable {
    /// Whether it is so.
    public enum State: String, Sendable {
        /// It is so.
        case yes = "True"
        /// It is not.
        case no = "False"
        /// It is being found out.
        case unknown = "Unknown"
    }

    /// What it is about, such as `Ready`.
    public var type: String
    /// Whether it is so.
    public var state: State
    /// Why, as one word in camel case that programs compare.
    public var reason: String
    /// Why, for people.
    public var message: String
    /// Which generation of the object it was found out for.
    public var observedGeneration: Int64?
    /// Since when the state is what it is.
    public var lastTransition: Moment?

    /// A condition with its fields; it is as old as the list says that it is set in.
    public init(
        _ type: String, _ state: State, reason: String, _ message: String, observedGeneration: Int64? = nil,
        lastTransition: Moment? = nil
    ) {
        (self.type, self.state, self.reason, self.message) = (type, state, reason, message)
        (self.observedGeneration, self.lastTransition) = (observedGeneration, lastTransition)
    }

    /// Reads an entry; nil when it has no type, or a state that there is not.
    public init?(_ json: JSON) {
        guard let type = json["type"]?.string, let state = json["status"]?.string.flatMap(State.init) else {
            return nil
        }
        self.init(
            type, state, reason: json["reason"]?.string ?? "", json["message"]?.string ?? "",
            observedGeneration: json["observedGeneration"]?.int,
            lastTransition: json["lastTransitionTime"]?.string.flatMap { Moment(rfc3339: $0) })
    }

    /// As it stands in an object.
    public var json: JSON {
        var json: JSON = ["type": .string(type), "status": .string(state.rawValue)]
        if let observedGeneration { json["observedGeneration"] = .number(JSONNumber(observedGeneration)) }
        if let lastTransition { json["lastTransitionTime"] = .string(lastTransition.kubernetesText) }
        json["reason"] = .string(reason)
        json["message"] = .string(message)
        return json
    }
}

extension KubernetesObject {
    /// `status.conditions`.
    public var conditions: [Condition] { (json["status"]?["conditions"]?.array ?? []).compactMap(Condition.init) }

    /// The condition of a type.
    public func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }

    /// Whether a condition is there and so.
    public func isTrue(_ type: String) -> Bool { condition(type)?.state == .yes }

    /// Sets a condition in its place, or behind the others. Its time changes only with its state; fields that others have
    /// put into the entry stay. Says whether anything changed.
    @discardableResult public mutating func set(_ condition: Condition, at now: Moment) -> Bool {
        var list = json["status"]?["conditions"]?.array ?? []
        let index = list.firstIndex { $0["type"]?.string == condition.type }
        let before = index.flatMap { Condition(list[$0]) }
        var condition = condition
        condition.lastTransition = before?.state == condition.state ? before?.lastTransition ?? now : now
        guard condition != before else { return false }
        if let index {
            var entry = list[index]
            if condition.observedGeneration == nil { entry["observedGeneration"] = JSON?.none }
            for member in condition.json.object ?? [:] { entry[member.key] = member.value }
            list[index] = entry
        } else {
            list.append(condition.json)
        }
        var status = json["status"] ?? .object(JSONObject())
        status["conditions"] = .array(list)
        json["status"] = status
        return true
    }
}

extension Moment {
    /// As Kubernetes writes times: RFC 3339 in UTC, with seconds and no parts of them.
    public var kubernetesText: String { civil().text + "Z" }

    /// As Kubernetes writes times of leases and events: with six digits behind the second.
    public var kubernetesMicroText: String {
        let digits = String(nanoseconds / 1000)
        return "\(civil().text).\(String(repeating: "0", count: 6 - digits.count))\(digits)Z"
    }
}

extension CivilTime {
    fileprivate var text: String {
        func padded(_ number: Int, _ count: Int = 2) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, count - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month))-\(padded(day))T\(padded(hour)):\(padded(minute)):\(padded(second))"
    }
}
