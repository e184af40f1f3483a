// SPDX-License-Identifier: Apache-2.0

import Basics
import DeliveryControllers
import Documents
import Kubernetes
import Reconciling
import Repositories
import Testing
import Web

@Suite("Configuration of objects") struct ConfigurationTests {
    private func references(_ json: JSON?) throws -> [ConfigurationReference] {
        try (json?.array ?? []).map { try ConfigurationReference($0, path: "test") }
    }

    @Test("Propagation is as the vectors have it", .enabled(if: Vectors.folder != nil, Vectors.reason))
    func vectors() async throws {
        let cases = try Vectors.json("own/config-propagation.json")["cases"]?.array ?? []
        #expect(cases.count == 11)
        for (index, item) in cases.enumerated() {
            if item["error"] == true {
                #expect(throws: Fault.self, "case \(index)") { try references(item["own"]) }
                continue
            }
            let own = try references(item["own"])
            let result = try await EffectiveConfiguration.references(
                own: own, parent: references(item["parent"]), namespace: "demo"
            ) { _ in try self.references(item["referenced"]?["effective"]) }
            if let version = item["resultApiVersion"]?.string { #expect(result.map(\.apiVersion) == [version]) }
            guard let wanted = item["result"]?.array?.compactMap(\.string) else { continue }
            #expect(result.map { "\($0.name):\($0.policy.rawValue)" } == wanted, "case \(index)")
        }
    }

    @Test("References without a namespace are to that of the object; without one they are refused")
    func namespaces() async throws {
        let own = try references(
            yaml("[{kind: Secret, name: a}, {secretRef: {name: b}}, {configMapRef: {name: c}, policy: DoNotPropagate}]")
        )
        let found = try await EffectiveConfiguration.references(own: own, parent: [], namespace: "demo") { _ in [] }
        #expect(found.map(\.description) == ["Secret demo/a", "Secret demo/b", "ConfigMap demo/c"])
        #expect(found.map(\.policy) == [.propagate, .propagate, .doNotPropagate])
        await #expect(throws: Fault.self) {
            try await EffectiveConfiguration.references(own: own, parent: [], namespace: nil) { _ in [] }
        }
    }

    private static let document = """
        type: generic.config.ocm.software/v1
        configurations:
          - type: credentials.config.ocm.software
            consumers:
              - identity: {type: OCIRepository, hostname: registry.example, scheme: http, port: 5002}
                credentials: [{type: Credentials, properties: {username: admin, password: secret-1}}]
          - type: logging.config.ocm.software
            level: debug
        """

    private func load(_ objects: [KubernetesObject], _ own: String) async throws -> LoadedConfiguration {
        let loader = ConfigurationLoader(MemoryCluster(objects))
        var object = KubernetesObject(DeliveryKind.repository.groupVersionKind, namespace: "demo", name: "x")
        object.json["spec"] = ["ocmConfig": try yaml(own)]
        return try await loader.load(try await loader.references(of: object, parent: nil))
    }

    @Test("Secrets and ConfigMaps are read, and what means nothing here is left out")
    func documents() async throws {
        let secret = Scene.secret("a", [(".ocmconfig", Array(Self.document.utf8))])
        let map = Scene.secret("b", [(".ocmconfig", Array(Self.document.utf8))], kind: "ConfigMap")
        let first = try await load([secret], "[{kind: Secret, name: a}]")
        let second = try await load([map], "[{kind: ConfigMap, name: b}]")
        #expect(first.hash == second.hash)
        #expect(first.ignoredTypes == ["logging.config.ocm.software"])
        #expect(first.hash != LoadedConfiguration.none.hash)
        let twice = try await load([secret, map], "[{kind: Secret, name: a}, {kind: ConfigMap, name: b}]")
        #expect(twice.hash != first.hash)
        let credential = try await first.credentials.registryCredential(
            for: Origin(scheme: "http", host: "registry.example", port: 5002), repository: "a")
        #expect(credential != nil)
    }

    @Test(
        "What cannot be read is said",
        arguments: [
            ("[{kind: Secret, name: none}]", "Secret demo/none does not exist"),
            ("[{kind: Secret, name: empty}]", "has neither .ocmconfig nor .dockerconfigjson"),
            ("[{kind: ConfigMap, name: docker}]", "has no key .ocmconfig"),
            ("[{kind: Secret, name: a, namespace: other}]", "is in another namespace"),
            ("[{kind: Secret, name: files}]", "names a file by “dockerConfigFile”"),
            ("[{kind: Secret, name: keys}]", "names a file by “certificateAuthorityFile”"),
            (
                "[{kind: Component, name: none, apiVersion: delivery.ocm.software/v1alpha1}]",
                "Component demo/none does not exist"
            ),
        ])
    func problems(_ own: String, _ message: String) async throws {
        let files =
            "{type: credentials.config.ocm.software, repositories: [{repository: {type: DockerConfig/v1, dockerConfigFile: /etc/passwd}}]}"
        let keys =
            "{type: credentials.config.ocm.software, consumers: [{identity: {hostname: a}, credentials: [{type: X, certificateAuthorityFile: /etc/x}]}]}"
        let objects = [
            Scene.secret("empty", []), Scene.secret("docker", [(".dockerconfigjson", [])], kind: "ConfigMap"),
            Scene.secret("files", [(".ocmconfig", Array(files.utf8))]),
            Scene.secret("keys", [(".ocmconfig", Array(keys.utf8))]),
        ]
        let fault = await #expect(throws: Fault.self) { try await load(objects, own) }
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    /// Whether credentials for an address are found for a registry.
    @Test(
        "Docker configurations of Secrets find what was meant, and nothing for another host",
        arguments: [
            ("http://registry.example", "http://registry.example:5003", true),
            ("http://registry.example:5003", "http://registry.example:5003", true),
            ("registry.example:5003", "http://registry.example:5003", true),
            ("registry.example", "https://registry.example", true),
            ("https://registry.example/v1/", "https://registry.example:5000", true),
            ("registry.example", "http://registry.example:5003", false),
            ("https://registry.example", "http://registry.example:5003", false),
            ("http://registry.example:5002", "http://registry.example:5003", false),
            ("http://other.example", "http://registry.example:5003", false),
            ("http://registry.example.evil.example", "http://registry.example:5003", false),
            ("http://registry.example@evil.example", "http://evil.example:5003", false),
            ("registry.example/team", "https://registry.example", false),
            ("registry.example/acme", "https://registry.example", true),
        ])
    func docker(_ key: String, _ registry: String, _ isFound: Bool) async throws {
        let content = #"{"auths": {"\#(key)": {"username": "u", "password": "p"}}, "credsStore": "never-run"}"#
        let loaded = try await load(
            [Scene.secret("d", [(".dockerconfigjson", Array(content.utf8))])], "[{kind: Secret, name: d}]")
        let origin = try HTTPURL(registry).origin
        let found = try await loaded.credentials.registryCredential(for: origin, repository: "acme/app")
        #expect((found != nil) == isFound)
    }

    @Test(
        "Consumers find what was meant, and nothing for another host",
        arguments: [
            ("{type: OCIRegistry, hostname: r.example}", "https://r.example:5000", true),
            ("{type: OCIRepository, hostname: r.example}", "https://r.example", true),
            ("{type: OCIRepository/v1, hostname: r.example, port: 5000}", "https://r.example:5000", true),
            ("{type: OCIRegistry, hostname: \"http://r.example:5000\"}", "http://r.example:5000", true),
            ("{type: OCIRegistry, hostname: r.example, scheme: http}", "http://r.example:5000", true),
            ("{type: OCIRegistry, hostname: r.example}", "http://r.example:5000", false),
            ("{type: OCIRegistry, hostname: r.example, port: 5001}", "https://r.example:5000", false),
            ("{type: OCIRegistry, hostname: other.example}", "https://r.example", false),
            ("{type: Wget, hostname: r.example}", "https://r.example", false),
            ("{type: OCIRegistry, hostname: 127.0.0.1}", "http://127.0.0.1:5000", true),
        ])
    func consumers(_ identity: String, _ registry: String, _ isFound: Bool) async throws {
        let text =
            "{type: credentials.config.ocm.software, consumers: [{identity: \(identity), credentials: [{type: Credentials, properties: {username: u, password: p}}]}]}"
        let loaded = try await load(
            [Scene.secret("d", [(".ocmconfig", Array(text.utf8))])], "[{kind: Secret, name: d}]")
        let found = try await loaded.credentials.registryCredential(
            for: HTTPURL(registry).origin, repository: "acme/app")
        #expect((found != nil) == isFound)
    }

    @Test(
        "The Secrets of the end-to-end tests give credentials for their registries",
        .enabled(if: Vectors.folder != nil, Vectors.reason),
        arguments: [
            ("basic-auth", "http://protected-registry1-internal.default.svc.cluster.local:5002"),
            ("docker-config-json", "http://protected-registry2-internal.default.svc.cluster.local:5003"),
        ])
    func endToEnd(_ name: String, _ registry: String) async throws {
        let secret = Vectors.documents(below: "v2/e2e-testdata/\(name)").first { $0.root["kind"] == "Secret" }
        var object = KubernetesObject(unchecked: try #require(secret).root)
        object.namespace = "demo"
        let loaded = try await load([object], "[{kind: Secret, name: \(name)}]")
        let found = try await loaded.credentials.registryCredential(
            for: HTTPURL(registry).origin, repository: "component-descriptors/a")
        #expect(found != nil)
    }
}
