// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Documents
import Kubernetes
import Reconciling
import Testing

@testable import DeliveryControllers

@Suite("Sets of applied objects") struct ApplySetTests {
    @Test("Ids are those of the vectors", .enabled(if: Vectors.folder != nil, Vectors.reason))
    func ids() throws {
        let cases = try Vectors.json("own/applyset-id.json").array ?? []
        #expect(cases.count == 3)
        for item in cases {
            func text(_ key: String) -> String { item[key]?.string ?? "" }
            let id = ApplySetIdentity.id(
                name: text("name"), namespace: text("namespace"), kind: text("kind"), group: text("group"))
            #expect(id == text("id"))
        }
        #expect(ApplySetIdentity.id(of: Scene.object(.deployer, "my-deployer", [:])) == cases[0]["id"]?.string)
    }

    static func map(_ name: String, namespace: String? = "demo") -> KubernetesObject {
        KubernetesObject(GroupVersionKind("", "v1", "ConfigMap"), namespace: namespace, name: name)
    }
    static func deployment(_ name: String) -> KubernetesObject {
        KubernetesObject(GroupVersionKind("apps", "v1", "Deployment"), namespace: "demo", name: name)
    }

    private let cluster = MemoryCluster([Scene.deployer])

    private func decorated(_ objects: [KubernetesObject]) -> [KubernetesObject] {
        let resource = Scene.object(.resource, "res", [:])
        return objects.map(ManifestDecoration(deployer: Scene.deployer, resource: resource).decorate)
    }
    private func apply(_ objects: [KubernetesObject]) async throws -> ApplySet.Result {
        let parent = try await cluster.get(DeliveryKind.deployer.groupVersionKind, namespace: nil, name: "app")
        return try await ApplySet(parent: #require(parent), cluster: cluster, tooling: "ocm/test", concurrency: 1)
            .apply(decorated(objects))
    }
    private func names() async -> [String] {
        await cluster.all.filter { $0.kind != "Deployer" }.map { "\($0.kind) \($0.objectName)" }
    }
    private func annotation(_ key: String) async throws -> String? {
        try await cluster.get(DeliveryKind.deployer.groupVersionKind, namespace: nil, name: "app")?[annotation: key]
    }

    @Test("What is no longer wanted is removed, also when its kind is no longer among those that are")
    func prunesKinds() async throws {
        _ = try await apply([Self.map("a"), Self.map("b", namespace: "other"), Self.deployment("web")])
        #expect(try await annotation(ApplySetIdentity.kindsAnnotation) == "ConfigMap,Deployment.apps")
        #expect(try await annotation(ApplySetIdentity.namespacesAnnotation) == "demo,other")
        #expect(try await annotation(ApplySetIdentity.toolingAnnotation) == "ocm/test")
        let result = try await apply([Self.map("a")])
        #expect(result.pruned.map(\.name).sorted() == ["b", "web"])
        #expect(await names() == ["ConfigMap demo/a"])
        #expect(try await annotation(ApplySetIdentity.kindsAnnotation) == "ConfigMap")
        #expect(try await annotation(ApplySetIdentity.namespacesAnnotation) == "demo")
    }

    @Test("What a status alone knows of is pruned too, and the notes are narrow behind it")
    func lostNotes() async throws {
        _ = try await apply([Self.map("a"), Self.deployment("web")])
        var parent = try #require(
            try await cluster.get(DeliveryKind.deployer.groupVersionKind, namespace: nil, name: "app"))
        parent[annotation: ApplySetIdentity.kindsAnnotation] = "ConfigMap"
        await cluster.put(parent)
        let set = try await ApplySet(
            parent: parent, alsoIn: ApplySetScope(of: [Self.deployment("web")]), cluster: cluster, tooling: "ocm/test",
            concurrency: 1)
        #expect(try await set.apply(decorated([Self.map("a")])).pruned.map(\.name) == ["web"])
        #expect(try await annotation(ApplySetIdentity.kindsAnnotation) == "ConfigMap")
    }

    @Test(
        "The manifests of the pruning example leave what its second version has",
        .enabled(if: Vectors.folder != nil, Vectors.reason))
    func example() async throws {
        func manifests(_ file: String) async throws -> [KubernetesObject] {
            let path = "\(try #require(Vectors.folder))/v2/examples/applyset-pruning/\(file)"
            return try await ManifestDecoder(limit: 1 << 20)
                .objects(FileSystem.read(path, limit: 1 << 20), mediaType: "application/yaml", source: file)
        }
        let first = try await manifests("k8s-manifest.yaml"), second = try await manifests("k8s-manifest-2.yaml")
        #expect(first.count > second.count)
        for object in first + second {
            let kind = try #require(object.groupVersionKind)
            let isNamespaced = !["Namespace", "ClusterRole", "ClusterRoleBinding"].contains(kind.kind)
            await cluster.know(kind.group, kind.version, kind.kind, isNamespaced: isNamespaced)
        }
        func identities(_ objects: [KubernetesObject]) -> Set<String> { Set(objects.map { "\($0.kind) \($0.name)" }) }
        #expect(try await identities(apply(first).applied) == identities(first))
        let result = try await apply(second)
        #expect(identities(result.pruned) == identities(first).subtracting(identities(second)))
        let left = await cluster.all.filter { $0.kind != "Deployer" }
        #expect(identities(left) == identities(second))
    }

    @Test("A parent that is another one by now is not written to")
    func otherParent() async throws {
        var parent = Scene.deployer
        parent.uid = "earlier"
        await #expect(throws: Fault.self) {
            try await ApplySet(parent: parent, cluster: cluster, tooling: "ocm/test")
        }
    }

    @Test("The parent notes where members may be before anything is applied")
    func notesFirst() async throws {
        _ = try await apply([Self.map("a")])
        let calls = await cluster.calls
        let noted = try #require(calls.firstIndex { $0.hasPrefix("label Deployer") })
        let applied = try #require(calls.firstIndex { $0.hasPrefix("apply") })
        #expect(noted < applied)
    }

    @Test("When one object fails nothing is pruned, the others are applied, and the notes stay wide")
    func failure() async throws {
        _ = try await apply([Self.map("a"), Self.deployment("web")])
        await cluster.fail("apply ConfigMap demo/bad", Fault(.invalid, "no such field"))
        let fault = await #expect(throws: Fault.self) { try await apply([Self.map("bad"), Self.map("good")]) }
        #expect(fault?.message.contains("applying ConfigMap demo/bad: no such field") == true)
        #expect(await names() == ["ConfigMap demo/a", "ConfigMap demo/good", "Deployment demo/web"])
        #expect(try await annotation(ApplySetIdentity.kindsAnnotation) == "ConfigMap,Deployment.apps")
        await cluster.fail("apply ConfigMap demo/bad", nil)
        _ = try await apply([Self.map("bad"), Self.map("good")])
        #expect(await names() == ["ConfigMap demo/bad", "ConfigMap demo/good"])
    }

    @Test("A member of another set is not taken, and nothing is applied")
    func conflict() async throws {
        var foreign = Self.map("a")
        foreign[label: ApplySetIdentity.memberLabel] = "applyset-other-v1"
        foreign.uid = "foreign"
        await cluster.put(foreign)
        let fault = await #expect(throws: Fault.self) { try await apply([Self.map("a"), Self.map("b")]) }
        #expect(fault?.code == .conflict)
        #expect(await names() == ["ConfigMap demo/a"])
        // One of another name in the same place is no obstacle.
        _ = try await apply([Self.map("b")])
        #expect(await names() == ["ConfigMap demo/a", "ConfigMap demo/b"])
    }

    @Test("An object of the same name that was made anew is not taken for the one that was applied")
    func uids() async throws {
        _ = try await apply([Self.map("a")])
        var stranger = decorated([Self.map("z")])[0]
        stranger.uid = "stranger"
        await cluster.put(stranger)
        let result = try await apply([Self.map("a")])
        #expect(result.pruned.map(\.uid) == ["stranger"])
    }

    @Test("Namespaces and definitions come first, and objects of a kind that the resource defines are placed")
    func definitionsFirst() async throws {
        let definition = KubernetesObject(
            unchecked: try yaml(
                """
                {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.demo.example},
                 spec: {group: demo.example, scope: Namespaced, names: {kind: Thing, plural: things}, versions: [{name: v1}]}}
                """))
        let thing = KubernetesObject(GroupVersionKind("demo.example", "v1", "Thing"), name: "t")
        let space = KubernetesObject(GroupVersionKind("", "v1", "Namespace"), namespace: "wrong", name: "n")
        let result = try await apply([thing, space, definition])
        #expect(result.applied.map(\.kind) == ["Namespace", "CustomResourceDefinition", "Thing"])
        #expect(result.applied[2].namespace == "default")
        #expect(result.applied[0].namespace == nil)
        let unknown = KubernetesObject(GroupVersionKind("none.example", "v1", "Nothing"), name: "t")
        let fault = await #expect(throws: Fault.self) { try await apply([unknown]) }
        #expect(fault?.message.contains("has no kind Nothing") == true)
    }

    @Test("Who may not is told what to grant")
    func rights() async throws {
        await cluster.fail("apply Deployment demo/web", Fault(.forbidden, "forbidden"))
        let fault = await #expect(throws: Fault.self) { try await apply([Self.deployment("web")]) }
        #expect(fault?.fix?.contains("patch and delete on Deployment in apiGroups [\"apps\"]") == true)
    }

    @Test("Removing all ends when all are gone; a Namespace is deleted last and not waited for")
    func removal() async throws {
        var space = KubernetesObject(GroupVersionKind("", "v1", "Namespace"), name: "n")
        space.finalizers = ["kubernetes"]
        _ = try await apply([Self.map("a"), space])
        func removeAll() async throws -> [String] {
            let parent = try await cluster.get(DeliveryKind.deployer.groupVersionKind, namespace: nil, name: "app")
            let set = try await ApplySet(
                parent: #require(parent), cluster: cluster, tooling: "ocm/test", concurrency: 1)
            return try await set.removeAll().map(\.name)
        }
        #expect(try await removeAll().sorted() == ["a", "n"])
        #expect(try await removeAll() == ["n"])
        #expect(try await removeAll() == [])
    }
}

@Suite("Manifests of resources") struct ManifestTests {
    private func objects(_ text: String, _ mediaType: String = "application/yaml", limit: Int = 1 << 20) async throws
        -> [String]
    {
        try await ManifestDecoder(limit: limit).objects(Array(text.utf8), mediaType: mediaType, source: "a resource")
            .map { "\($0.kind)/\($0.name)" }
    }

    @Test(
        "Documents, JSON and lists are read",
        arguments: [
            (
                "apiVersion: v1\nkind: A\nmetadata: {name: a}\n---\n---\n# nothing\n---\napiVersion: v1\nkind: B\nmetadata: {name: b}\n",
                ["A/a", "B/b"]
            ),
            (#"{"apiVersion": "v1", "kind": "A", "metadata": {"name": "a"}}"#, ["A/a"]),
            (
                "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: A, metadata: {name: a}}, {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: B, metadata: {name: b}}]}]}",
                ["A/a", "B/b"]
            ),
            (
                "{apiVersion: v1, kind: ConfigMapList, items: [{metadata: {name: a}}, {metadata: {name: b}}]}",
                ["ConfigMap/a", "ConfigMap/b"]
            ),
        ])
    func read(_ text: String, _ wanted: [String]) async throws {
        #expect(try await objects(text) == wanted)
    }

    @Test(
        "What is none is refused",
        arguments: [
            ("", "holds no objects"), ("a text", "an object is expected"), ("{kind: A}", "has no apiVersion"),
            ("{apiVersion: v1, kind: A, metadata: {generateName: a-}}", "without a name"),
            (
                "{apiVersion: v1, kind: A, metadata: {name: a}}\n---\n{apiVersion: v1, kind: A, metadata: {name: a}}",
                "twice"
            ),
            ("{apiVersion: v1, kind: A, metadata: {name: a, labels: {b: 1}}}", "is no string"),
            ("a: [", "a resource"), ("{apiVersion: v1, kind: A, metadata: {name: a}, a: 1, a: 2}", "a resource"),
        ])
    func refused(_ text: String, _ message: String) async {
        let fault = await #expect(throws: Fault.self) { try await objects(text) }
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    @Test("Content is unpacked by its media type, within the limit")
    func packed() async throws {
        let text = "apiVersion: v1\nkind: A\nmetadata: {name: a}\ndata: {b: \(String(repeating: "x", count: 50_000))}\n"
        let packed = try await ByteStream(Array(text.utf8)).gzipped().collect(limit: 1 << 20)
        let decoder = ManifestDecoder(limit: 100_000)
        for type in [
            "application/x-gzip", "application/gzip", "application/x-yaml+gzip", "text/yaml+gzip; charset=utf-8",
        ] {
            #expect(try await decoder.objects(packed, mediaType: type, source: "x").count == 1)
        }
        await #expect(throws: Fault.self) {
            try await ManifestDecoder(limit: 10_000).objects(packed, mediaType: "application/gzip", source: "x")
        }
        for type in [
            "application/x-tar", "application/vnd.oci.image.layer.v1.tar+gzip", "application/x-tgz", "a/b+zstd",
        ] {
            let fault = await #expect(throws: Fault.self) {
                try await decoder.objects(packed, mediaType: type, source: "x")
            }
            #expect(fault?.code == .unsupported)
        }
    }

    @Test("Every object says where it is from and whose it is")
    func decoration() throws {
        var resource = Scene.object(.resource, "res", [:])
        resource.json["status"] = try yaml(
            """
            resource: {name: manifests, type: blob, version: 1.0.0+b, extraIdentity: {arch: amd64}, access: {type: localBlob/v1},
              digest: {hashAlgorithm: SHA-256, normalisationAlgorithm: genericBlobDigest/v1, value: ab}}
            component: {component: acme.org/app, version: 1.0.0, repositorySpec: {type: X}}
            """)
        var deployer = Scene.deployer
        deployer.name = "app." + String(repeating: "x", count: 80) + "."
        var object = ApplySetTests.map("a")
        object.json["status"] = ["a": 1]
        object.resourceVersion = "7"
        object[label: "mine"] = "stays"
        let found = ManifestDecoration(deployer: deployer, resource: resource).decorate(object)
        #expect(found.json["status"] == nil)
        #expect(found.resourceVersion == nil)
        #expect(found[label: "mine"] == "stays")
        #expect(found[label: "app.kubernetes.io/version"] == "1.0.0_b")
        #expect(found[label: "app.kubernetes.io/name"] == "res")
        #expect(found[label: "app.kubernetes.io/instance"] == "uid-of-res")
        #expect(found[label: "app.kubernetes.io/part-of"]?.utf8.count == 63)
        #expect(found[label: "app.kubernetes.io/managed-by"] == "deployer.delivery.ocm.software")
        #expect(found[annotation: "digest.resource.delivery.ocm.software/value"] == "ab")
        #expect(found[annotation: "resource.delivery.ocm.software/access"] == #"{"type":"localBlob/v1"}"#)
        #expect(found[annotation: "identity.resource.delivery.ocm.software/arch"] == "amd64")
        #expect(found[annotation: "component.delivery.ocm.software/name"] == "acme.org/app")
        #expect(found.ownerReferences.map(\.kind) == ["Deployer"])
        #expect(found.ownerReferences[0].isController)
    }
}
