// SPDX-License-Identifier: Apache-2.0

public import Documents

/// An event in the forms of its two groups, which name the same fields differently.
public enum EventForms {
    /// The event as the core group shows it.
    public static func core(_ event: JSON) -> JSON {
        renamed(event, names.map { ($0.other, $0.core) }, apiVersion: "v1")
    }

    /// The event as `events.k8s.io` shows it.
    public static func events(_ event: JSON) -> JSON {
        renamed(event, names.map { ($0.core, $0.other) }, apiVersion: "events.k8s.io/v1")
    }

    private static let names = [
        (core: "involvedObject", other: "regarding"), (core: "message", other: "note"),
        (core: "source", other: "deprecatedSource"), (core: "firstTimestamp", other: "deprecatedFirstTimestamp"),
        (core: "lastTimestamp", other: "deprecatedLastTimestamp"), (core: "count", other: "deprecatedCount"),
        (core: "reportingComponent", other: "reportingController"),
    ]

    private static func renamed(_ event: JSON, _ names: [(String, String)], apiVersion: String) -> JSON {
        guard case .object(let members) = event else { return event }
        let known = Dictionary(uniqueKeysWithValues: names)
        var renamed = JSONObject()
        for (key, value) in members { renamed[known[key] ?? key] = value }
        if renamed["apiVersion"] != nil { renamed["apiVersion"] = .string(apiVersion) }
        return .object(renamed)
    }
}
