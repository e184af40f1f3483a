// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesPatches

/// Reads a YAML text, mostly in flow style, so that tables stay short.
func yaml(_ text: String) -> JSON {
    do {
        return try YAML.document(Array(text.utf8), source: "fixture").root
    } catch {
        preconditionFailure("\(error): \(text)")
    }
}

/// The code and message of what a body throws.
func failure<Result>(_ body: () throws -> Result) -> Fault? {
    do {
        _ = try body()
        return nil
    } catch {
        return Fault(wrapping: error)
    }
}

enum Schemas {
    /// Every kind of list and map there is.
    static let widget = MergeSchema(
        resource: yaml(
            """
            type: object
            properties:
              spec:
                type: object
                properties:
                  replicas: {type: integer}
                  name: {type: string}
                  flag: {type: boolean}
                  size: {x-kubernetes-int-or-string: true}
                  struct: {type: object, properties: {a: {type: string}, b: {type: string}}}
                  atomicStruct: {type: object, x-kubernetes-map-type: atomic, properties: {a: {type: string}}}
                  map: {type: object, additionalProperties: {type: string}}
                  structs: {type: object, additionalProperties: {type: object, properties: {a: {type: string}}}}
                  atomicMap: {type: object, x-kubernetes-map-type: atomic, additionalProperties: {type: string}}
                  list: {type: array, items: {type: string}}
                  set: {type: array, items: {type: string}, x-kubernetes-list-type: set}
                  numbers: {type: array, items: {type: number}, x-kubernetes-list-type: set}
                  free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                  template: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
                  items:
                    type: array
                    x-kubernetes-list-type: map
                    x-kubernetes-list-map-keys: [name]
                    items: {type: object, properties: {name: {type: string}, value: {type: string}, list: {type: array, items: {type: string}}}}
                  ports:
                    type: array
                    x-kubernetes-list-type: map
                    x-kubernetes-list-map-keys: [port, protocol]
                    items: {type: object, properties: {port: {type: integer}, protocol: {type: string, default: TCP}, host: {type: string}}}
              status: {type: object, properties: {phase: {type: string}, count: {type: integer}}}
            """))

    /// The part of a Deployment that people patch.
    static let deployment: MergeSchema = {
        let definitions = yaml(
            """
            Container:
              type: object
              properties:
                name: {type: string, default: ""}
                image: {type: string}
                command: {type: array, items: {type: string}, x-kubernetes-list-type: atomic}
                resources: {type: object, properties: {limits: {type: object, additionalProperties: {$ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity'}}}}
                env:
                  {type: array, items: {$ref: '#/components/schemas/EnvVar'}, x-kubernetes-list-map-keys: [name],
                   x-kubernetes-list-type: map, x-kubernetes-patch-merge-key: name, x-kubernetes-patch-strategy: merge}
                ports:
                  {type: array, items: {$ref: '#/components/schemas/Port'}, x-kubernetes-list-map-keys: [containerPort, protocol],
                   x-kubernetes-list-type: map, x-kubernetes-patch-merge-key: containerPort, x-kubernetes-patch-strategy: merge}
            EnvVar: {type: object, properties: {name: {type: string, default: ""}, value: {type: string}}}
            Port: {type: object, properties: {name: {type: string}, containerPort: {type: integer, format: int32, default: 0}, protocol: {type: string, default: TCP}}}
            Selector: {type: object, x-kubernetes-map-type: atomic, properties: {matchLabels: {type: object, additionalProperties: {type: string, default: ""}}}}
            """)
        return MergeSchema(
            resource: yaml(
                """
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      replicas: {type: integer, format: int32}
                      selector: {default: {}, allOf: [{$ref: '#/components/schemas/Selector'}]}
                      strategy:
                        type: object
                        x-kubernetes-patch-strategy: retainKeys
                        properties: {type: {type: string}, rollingUpdate: {type: object, properties: {maxSurge: {type: string, format: int-or-string}}}}
                      template:
                        type: object
                        properties:
                          metadata: {type: object, properties: {labels: {type: object, additionalProperties: {type: string}}}}
                          spec:
                            type: object
                            properties:
                              hostNetwork: {type: boolean}
                              tolerations: {type: array, items: {type: object, properties: {key: {type: string}}}, x-kubernetes-list-type: atomic}
                              volumes:
                                {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name],
                                 x-kubernetes-patch-merge-key: name, x-kubernetes-patch-strategy: 'merge,retainKeys',
                                 items: {type: object, properties: {name: {type: string}, emptyDir: {type: object, properties: {medium: {type: string}}}, hostPath: {type: object, properties: {path: {type: string}}}}}}
                              containers:
                                {type: array, items: {default: {}, allOf: [{$ref: '#/components/schemas/Container'}]},
                                 x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [name],
                                 x-kubernetes-patch-merge-key: name, x-kubernetes-patch-strategy: merge}
                  status: {type: object, properties: {replicas: {type: integer}}}
                """), lookup: { definitions[$0] })
    }()

    static let widgets = FieldTracking(
        versions: ObjectVersions("example.org/v1", widget), apiVersion: "example.org/v1", kind: "Widget")
    static let deployments = FieldTracking(
        versions: ObjectVersions("apps/v1", deployment), apiVersion: "apps/v1", kind: "Deployment")

    /// A widget with a name and a specification.
    static func makeWidget(_ spec: String) -> JSON {
        yaml("{apiVersion: example.org/v1, kind: Widget, metadata: {name: w}, spec: \(spec)}")
    }
}

extension JSON {
    /// The managed fields as one readable line for each manager: name, operation, places.
    var owners: [String] {
        guard let managed = try? ManagedFields(of: self) else { return ["unreadable"] }
        return managed.entries.map { entry in
            "\(entry.manager) \(entry.operation.rawValue): \(entry.fields.paths.map(\.description).joined(separator: " "))"
        }
    }

    /// The object without managed fields.
    var bare: JSON { ManagedFields().written(into: self) }
}

extension Timestamp {
    /// The moments of a test, a minute apart.
    static func minute(_ number: Int) -> Timestamp { Timestamp(seconds: 1_800_000_000 + Int64(number) * 60) }
}
