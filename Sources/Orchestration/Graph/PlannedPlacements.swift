// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Which resources the operations of a graph place together in one repository, as far as their texts say so.
///
/// It is a guess about what will be asked for, and nothing depends on it: a resource that is named by an expression, or
/// comes through other operations, is asked for when it is placed.
struct PlannedPlacements: Sendable {
    /// The attributes of a resource's identity.
    typealias Selector = [String: String]

    private var groups: [String: String] = [:]
    private var selectors: [String: [Selector]] = [:]

    /// Properties that name the repository that a content is placed in, and the component version that it is for.
    private static let places = ["repository", "baseUrl", "subPath", "filePath", "component", "version"]

    init(_ graph: OrchestrationGraph) {
        var known: [String: Selector] = [:]
        for node in graph.nodes where node.type.role == .ordinary {
            known[node.operation.id] = Self.selector(node.operation.properties)
        }
        for node in graph.nodes where node.type.role == .placesContent {
            let properties = node.operation.properties
            // Equal texts mean one repository, also where they are expressions.
            let place = JSONObject(
                Self.places.compactMap { name in properties[name].map { (name, $0) } })
            guard !place.isEmpty else { continue }
            let group = JSON.object(place).text(sortedKeys: true)
            groups[node.operation.id] = group
            selectors[group, default: []] += node.dependencies.compactMap { known[$0] }
        }
    }

    /// What an operation and others place where it places its content; none when that cannot be said.
    func selectors(besides operation: String) -> [Selector] { groups[operation].flatMap { selectors[$0] } ?? [] }

    /// The resource that an operation reads; nil when it reads none, or an expression says which.
    private static func selector(_ properties: JSON) -> Selector? {
        guard properties["element"] == nil || properties["element"]?.string == "resource",
            let json = (properties["resourceIdentity"] ?? properties["identity"] ?? properties["resource"])?.object
        else { return nil }
        var selector: Selector = [:]
        for (key, value) in json {
            guard let text = value.string, !text.contains("${") else { return nil }
            selector[key] = text
        }
        return selector["name"] == nil ? nil : selector
    }
}
