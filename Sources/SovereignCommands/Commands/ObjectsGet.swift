// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Kubernetes
internal import KubernetesClient
internal import Web

/// `sovereign get`
struct ObjectsGet: Command {
    static let configuration = CommandConfiguration(
        "get", abstract: "Show objects of a cluster",
        examples: [
            "sovereign get components -A", "sovereign get component sovereign-product -n ocm-system -o yaml",
            "sovereign get repositories,components,resources,deployers -A",
        ])

    @Argument(help: "kinds, as names or short names, separated by commas", valueName: "KIND") var kinds: String
    @Argument(help: "names of objects; all if there are none", valueName: "NAME") var names: [String] = []
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var selection: ObjectSelection
    @Option(short: "o", help: "table, wide, json, yaml or name") var output = ObjectForm.table

    enum ObjectForm: String, ArgumentValue, CaseIterable { case table, wide, json, yaml, name }

    func run(in context: SovereignContext) async throws {
        let client = try cluster.client(context.environment)
        let discovery = Discovery(client)
        var objects: [KubernetesObject] = []
        do {
            for kind in kinds.split(separator: ",").map(String.init) {
                let resource = try await discovery.find(kind)
                let place = selection.place(resource, client)
                if output == .table || output == .wide {
                    try await show(resource, place, client, context)
                } else if names.isEmpty {
                    let options = try ListOptions(labels: selection.labels())
                    objects += try await client.listAll(resource.resource, namespace: place, options).objects
                } else {
                    for name in names { objects.append(try await client.get(resource.resource, ObjectName(place, name))) }
                }
            }
        } catch let status as APIStatus { throw Fault(status) }
        switch output {
        case .table, .wide: break
        case .name:
            for object in objects { context.terminal.show("\(object.kind.lowercased())/\(object.name)") }
        case .json, .yaml:
            let one = names.count == 1 && objects.count == 1
            let json: JSON =
                one
                ? objects[0].json : ["apiVersion": "v1", "kind": "List", "items": .array(objects.map(\.json))]
            context.terminal.output(
                output == .json ? String(decoding: json.encoded(), as: UTF8.self) + "\n" : YAML.text(json))
        }
    }

    /// The table as the server makes it.
    private func show(
        _ resource: APIResource, _ place: String?, _ client: KubernetesClient, _ context: SovereignContext
    ) async throws {
        let path = resource.resource.path(namespace: place)
        var table: Table?
        for name in names.isEmpty ? [nil] : names.map(Optional.some) {
            var request = APIRequest(.get, name.map { "\(path)/\(HTTPURL.encode($0))" } ?? path)
            request.accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
            request.limit = 64 << 20
            if let selector = selection.selector, name == nil { request.query.append(("labelSelector", selector)) }
            let json = try await client.json(request)
            let columns = (json["columnDefinitions"]?.array ?? []).enumerated().filter {
                output == .wide || ($0.element["priority"]?.int ?? 0) == 0
            }
            let showsPlace = place == nil && resource.isNamespaced
            var filled =
                table
                ?? Table(
                    columns: (showsPlace ? ["namespace"] : [])
                        + columns.map { ($0.element["name"]?.string ?? "").lowercased() })
            for row in json["rows"]?.array ?? [] {
                let cells = row["cells"]?.array ?? []
                let shown = columns.map { $0.offset < cells.count ? Self.text(cells[$0.offset]) : "" }
                let home = row["object"]?["metadata"]?["namespace"]?.string ?? ""
                filled.add((showsPlace ? [home] : []) + shown)
            }
            table = filled
        }
        context.terminal.output((table?.text() ?? "") + (kinds.contains(",") ? "\n" : ""))
    }

    private static func text(_ cell: JSON) -> String {
        switch cell {
        case .null: "<none>"
        case .string(let text): text.isEmpty ? "-" : text
        default: String(decoding: cell.encoded(), as: UTF8.self)
        }
    }
}
