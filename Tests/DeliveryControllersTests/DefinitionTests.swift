// SPDX-License-Identifier: Apache-2.0

import Basics
import DeliveryControllers
import Documents
import Kubernetes
import KubernetesSchemas
import Testing

@Suite("Definitions of the kinds") struct DefinitionTests {
    static func definition(_ kind: DeliveryKind) throws -> CustomResourceDefinition {
        try CustomResourceDefinition(CustomResourceDefinition.defaulted(kind.definition))
    }

    static func errors(_ object: JSON) throws -> (errors: [String], unknown: [String]) {
        let kind = try #require(DeliveryKind(KubernetesObject(unchecked: object)))
        let schema = try definition(kind).versions[0].schema
        let (admitted, unknown) = try schema.admitted(object)
        return (schema.validate(admitted).errors.map(\.description), unknown)
    }

    @Test("A server accepts each of them", arguments: DeliveryKind.allCases)
    func accepted(_ kind: DeliveryKind) throws {
        let definition = try Self.definition(kind)
        #expect(definition.names.plural == kind.plural)
        #expect(definition.isNamespaced == kind.isNamespaced)
        #expect(definition.versions.count == 1)
        #expect(definition.versions[0].hasStatus)
        #expect(definition.names.shortNames.count == 1)
        #expect(definition.name == "\(kind.plural).delivery.ocm.software")
    }

    @Test("The text of all of them is as many documents, which say the same")
    func text() throws {
        let documents = try YAML.documents(Array(DeliveryKind.definitionsText.utf8), source: "the text")
        #expect(documents.map(\.root) == DeliveryKind.allCases.map(\.definition))
    }

    @Test(
        "The role of the controllers names every kind, its status and its finalizers", arguments: DeliveryKind.allCases)
    func rights(_ kind: DeliveryKind) throws {
        let manifests = ControllerManifests(namespace: "ocm", image: "i", isAdministrator: false).all
        let role = try #require(manifests.first { $0["kind"] == "ClusterRole" })
        for resource in [kind.plural, "\(kind.plural)/status", "\(kind.plural)/finalizers"] {
            let rules = (role["rules"]?.array ?? []).filter { rule in
                rule["resources"]?.array?.contains(.string(resource)) == true
                    && rule["apiGroups"] == ["delivery.ocm.software"]
            }
            #expect(rules.count == 1, "\(resource)")
            #expect(rules.first?["verbs"]?.array?.contains("update") == true, "\(resource)")
        }
    }

    @Test(
        "Every object of the vectors is admitted, and no field of it is unknown",
        .enabled(if: Vectors.folder != nil, Vectors.reason))
    func samples() throws {
        var counts: [String: Int] = [:]
        for (file, root) in Vectors.documents(below: "v2") {
            let object = KubernetesObject(unchecked: root)
            guard object.apiVersion == "delivery.ocm.software/v1alpha1" else { continue }
            #expect(DeliveryKind(object) != nil, "\(file) \(object.kind)")
            let (errors, unknown) = try Self.errors(root)
            #expect(errors == [], "\(file) \(object.name)")
            #expect(unknown == [], "\(file) \(object.name)")
            counts[object.kind, default: 0] += 1
        }
        #expect(counts == ["Repository": 14, "Component": 13, "Resource": 12, "Deployer": 12, "Replication": 1])
    }

    @Test(
        "What the first definitions refuse is refused, and what they take is taken",
        .enabled(if: Vectors.folder != nil, Vectors.reason), arguments: Self.changes)
    func sameAsFirst(_ kind: DeliveryKind, _ spec: String) throws {
        let first = Vectors.documents(below: "v2/crds").first {
            $0.root["spec"]?["names"]?["kind"]?.string == kind.rawValue
        }
        let theirs = try CustomResourceDefinition(CustomResourceDefinition.defaulted(try #require(first).root))
        var object = KubernetesObject(kind.groupVersionKind, namespace: kind.isNamespaced ? "demo" : nil, name: "x")
        object.json["spec"] = try yaml(spec)
        let schema = theirs.versions[0].schema
        let isTaken = schema.validate(try schema.admitted(object.json).object).isValid
        #expect(try Self.errors(object.json).errors.isEmpty == isTaken, "\(spec) is \(isTaken ? "taken" : "refused")")
    }

    static let changes: [(DeliveryKind, String)] = {
        let repository = "{interval: 1m, repositorySpec: {type: X}"
        let references = [
            "{kind: Secret, name: a}", "{kind: Secret, name: a, apiVersion: v1}",
            "{kind: Secret, name: a, apiVersion: \"\"}",
            "{kind: ConfigMap, name: a, namespace: b, policy: DoNotPropagate}", "{kind: Secret, name: a, policy: No}",
            "{kind: Secret, name: a, apiVersion: v2}", "{kind: Repository, name: a}", "{kind: Deployment, name: a}",
            "{kind: Repository, name: a, apiVersion: delivery.ocm.software/v1alpha1}",
            "{kind: Replication, name: a, apiVersion: delivery.ocm.software/v1alpha1}",
            "{kind: Deployer, name: a, apiVersion: delivery.ocm.software/v1alpha1}",
            "{kind: Secret, name: a, apiVersion: delivery.ocm.software/v1alpha1}", "{kind: Secret}", "{name: a}",
        ]
        let component = "{interval: 1m, repositoryRef: {name: r}, component: a.b/c, semver: \"1\""
        let resource = "{componentRef: {name: c}, resource: {byReference: {resource: {name: r}}}"
        return references.map { (.repository, "\(repository), ocmConfig: [\($0)]}") } + [
            (.repository, "{interval: 1m}"), (.repository, "{repositorySpec: {}}"),
            (.repository, "\(repository), suspend: 1}"),
            (.component, "\(component)}"), (.component, "\(component), downgradePolicy: Perhaps}"),
            (.component, "\(component), verify: [{secretRef: {name: a}}]}"),
            (.component, "\(component), verify: [{signature: s, secretRef: {name: a}, value: b}]}"),
            (.component, "\(component), verify: [{signature: s}]}"), (.component, "{component: a}"),
            (.resource, "\(resource)}"), (.resource, "\(resource), verificationPolicy: Sometimes}"),
            (.resource, "\(resource), additionalStatusFields: {a: {b: c}, d: 1}}"),
            (.resource, "{componentRef: {name: c}, resource: {}}"),
            (.resource, "{resource: {byReference: {resource: {a: 1}}}}"),
            (.replication, "{componentRef: {name: a}, targetRepositoryRef: {name: b}}"),
            (.replication, "{componentRef: {name: a}}"), (.replication, "{targetRepositoryRef: {name: a}}"),
            (.replication, "{}"),
            (.replication, "{componentRef: {name: a}, targetRepositoryRef: {name: b}, suspend: 1}"),
            (
                .replication,
                "{componentRef: {name: a}, targetRepositoryRef: {name: b}, ocmConfig: [{kind: Deployment, name: a}]}"
            ),
            (.deployer, "{resourceRef: {name: a}}"), (.deployer, "{resourceRef: {namespace: a}}"), (.deployer, "{}"),
        ]
    }()

    @Test(
        "What the seed's manifests say beside is taken too",
        arguments: [
            (
                DeliveryKind.repository,
                "{interval: 10m, repositorySpec: {baseUrl: \"localhost:5001\", type: OCIRegistry}, ocmConfig: [{secretRef: {name: registry-credentials}}]}"
            ),
            (
                .component,
                "{component: acme.org/sovereign/product, repositoryRef: {name: r}, semver: \">=1.0.0\", interval: 10m, verify: [{signature: s, secretRef: {name: k}}]}"
            ),
            (
                .resource,
                "{interval: 10m, componentRef: {name: c, namespace: ocm-system}, resource: {byReference: {resource: {name: chart}}}, additionalStatusFields: {tag: resource.access.imageReference.toOCI().tag}}"
            ),
            (.deployer, "{resourceRef: {name: r, namespace: ocm-system}}"),
        ])
    func seed(_ kind: DeliveryKind, _ spec: String) throws {
        var object = KubernetesObject(kind.groupVersionKind, name: "x")
        object.json["spec"] = try yaml(spec)
        let (errors, unknown) = try Self.errors(object.json)
        #expect(errors == [])
        #expect(unknown == [])
    }

    @Test(
        "Rules of our own say what is wrong",
        arguments: [
            (
                "{secretRef: {name: a}, kind: Secret, name: b}",
                "give either kind and name, or secretRef, or configMapRef"
            ),
            (
                "{secretRef: {name: a}, configMapRef: {name: b}}",
                "give either kind and name, or secretRef, or configMapRef"
            ),
            ("{kind: Deployment, name: a}", "apiVersion must be \"v1\" for a Secret or ConfigMap"),
        ])
    func ownRules(_ reference: String, _ message: String) throws {
        var object = KubernetesObject(DeliveryKind.repository.groupVersionKind, name: "x")
        object.json["spec"] = try yaml("{interval: 1m, repositorySpec: {type: X}, ocmConfig: [\(reference)]}")
        #expect(try Self.errors(object.json).errors.contains { $0.contains(message) })
    }

    @Test("A scope of verification needs a signature")
    func scope() throws {
        var object = KubernetesObject(DeliveryKind.component.groupVersionKind, name: "x")
        object.json["spec"] = try yaml(
            "{interval: 1m, repositoryRef: {name: r}, component: a.b/c, semver: \"1\", verificationScope: Contents}")
        #expect(try Self.errors(object.json).errors.contains { $0.contains("verificationScope needs a signature") })
    }
}
