// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing
import Web

@testable import KubernetesClient

@Suite("Kubeconfig") struct KubeconfigTests {
    static let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    static let text = """
        apiVersion: v1
        kind: Config
        preferences: {}
        current-context: one
        clusters:
        - name: a
          cluster:
            server: https://10.0.0.1:6443
            certificate-authority: pki/ca.crt
            tls-server-name: kubernetes.default
            proxy-url: http://me:swordfish@proxy.example:3128
            extensions: [{name: x, extension: {y: 1}}]
        - name: b
          cluster: {server: "https://[::1]:6443/prefix", insecure-skip-tls-verify: true}
        users:
        - name: certificate
          user: {client-certificate-data: \(Array(pem.utf8).base64), client-key: /etc/key.pem}
        - name: token
          user: {token: "s3cret", as: jane, as-groups: [dev, ops], as-user-extra: {scope: [x]}}
        - name: file
          user: {tokenFile: token}
        - name: basic
          user: {username: joe, password: "p:w"}
        - name: plugin
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: ./bin/get-token
              args: [--cluster, a]
              env: [{name: REGION, value: north}]
              interactiveMode: IfAvailable
              provideClusterInfo: true
              installHint: install get-token
        - name: nobody
        contexts:
        - name: one
          context: {cluster: a, user: token, namespace: team}
        - name: two
          context: {cluster: b, user: basic}
        - name: three
          context: {cluster: b, user: ""}
        """

    static func read(_ text: String, folder: String = "/home/me/.kube") throws -> Kubeconfig {
        try Kubeconfig(Array(text.utf8), source: "config", folder: folder)
    }

    @Test("tells clusters, users and contexts, with paths taken from its folder") func reads() throws {
        let config = try Self.read(Self.text)
        #expect(config.currentContext == "one" && config.contexts.count == 3 && config.users.count == 6)
        let cluster = try #require(config.clusters["a"])
        #expect(cluster.server == "https://10.0.0.1:6443" && cluster.tlsServerName == "kubernetes.default")
        #expect(cluster.certificateAuthority == .file("/home/me/.kube/pki/ca.crt"))
        #expect(cluster.proxyURL?.value == "http://me:swordfish@proxy.example:3128" && !cluster.insecureSkipTLSVerify)
        #expect(config.clusters["b"]?.insecureSkipTLSVerify == true)
        let user = try #require(config.users["certificate"])
        #expect(user.clientCertificate == .text(SecretText(Self.pem)) && user.clientKey == .file("/etc/key.pem"))
        #expect(config.users["token"]?.token?.value == "s3cret")
        #expect(config.users["token"]?.impersonation.user == "jane")
        #expect(config.users["token"]?.impersonation.groups == ["dev", "ops"])
        #expect(config.users["token"]?.impersonation.extra == ["scope": ["x"]])
        #expect(config.users["file"]?.tokenFile == "/home/me/.kube/token")
        #expect(config.users["basic"]?.password?.value == "p:w")
        let exec = try #require(config.users["plugin"]?.exec)
        #expect(exec.command == "/home/me/.kube/./bin/get-token" && exec.arguments == ["--cluster", "a"])
        #expect(exec.environment["REGION"]?.value == "north" && exec.interactiveMode == .ifAvailable)
        #expect(exec.provideClusterInfo && exec.installHint == "install get-token")
        #expect(config.users["nobody"] == Kubeconfig.User())
        #expect(config.contexts["three"]?.user == nil)
    }

    @Test("written and read again it is the same") func roundTrip() throws {
        let config = try Self.read(Self.text)
        #expect(try Self.read(config.yaml, folder: "/elsewhere") == config)
        #expect(try Self.read(config.json.text(), folder: "/elsewhere") == config)
        #expect(try Self.read(Kubeconfig().yaml) == Kubeconfig())
        #expect(config.yaml.contains("preferences: {}") && config.yaml.contains("extensions:"))
    }

    @Test("shows no credentials when it is printed or dumped") func hides() throws {
        let config = try Self.read(Self.text)
        var shown = "\(config) \(String(reflecting: config))"
        dump(config, to: &shown)
        for name in ["one", "two"] {
            let cluster = try ClusterConfiguration(config, context: name)
            shown += "\(cluster) \(String(reflecting: cluster)) \(cluster.proxy) \(String(reflecting: cluster.proxy))"
            dump(cluster, to: &shown)
            dump(cluster.proxy, to: &shown)
            dump(cluster.user, to: &shown)
        }
        for secret in ["s3cret", "p:w", "swordfish", "AAAA"] { #expect(!shown.contains(secret)) }
    }

    @Test("of several files what comes first counts more, entry by entry") func merges() throws {
        let folder = try TemporaryFolder()
        try FileSystem.makeFolder("\(folder.path)/sub")
        let first = "clusters: [{name: a, cluster: {server: 'https://first'}}]\nusers: null\n"
        let second = """
            current-context: x
            clusters: [{name: a, cluster: {server: 'https://second'}}, {name: b, cluster: {server: 'https://b', certificate-authority: ca}}]
            contexts: [{name: x, context: {cluster: b, user: u}}]
            users: [{name: u, user: {token: t}}]
            """
        try FileSystem.write(Array(first.utf8), to: "\(folder.path)/one")
        try FileSystem.write(Array(second.utf8), to: "\(folder.path)/sub/two")
        let paths = ["one", "missing", "sub/two", ""].map { $0.isEmpty ? "" : "\(folder.path)/\($0)" }
        let environment = Environment(["KUBECONFIG": paths.joined(separator: ":"), "HOME": "/nowhere"])
        let config = try Kubeconfig.load(environment)
        #expect(config.clusters["a"]?.server == "https://first" && config.currentContext == "x")
        #expect(config.clusters["b"]?.certificateAuthority == .file("\(folder.path)/sub/ca"))
        let cluster = try ClusterConfiguration.find(environment: environment)
        #expect(cluster.server.host == "b" && cluster.namespace == "default" && cluster.user.token?.value == "t")
        #expect(Kubeconfig.paths(Environment(["HOME": "/home/me"])) == ["/home/me/.kube/config"])
        #expect(try Kubeconfig.load(Environment(["HOME": folder.path])).isEmpty)
    }

    @Test(
        "says what is wrong, and no secret with it",
        arguments: [
            ("kind: Pod", "is a Pod"), ("[1]", "is no kubeconfig"),
            ("clusters: {a: b}", "where a list is expected"), ("clusters: [{cluster: {}}]", "has no name"),
            ("users: [{name: x, user: {token: [hush]}}]", "“token” is a array"),
            ("users: [{name: x, user: {client-key-data: 'hu!sh'}}]", "no Base64"),
            ("users: [{name: x, user: {exec: {apiVersion: v}}}]", "“command” is missing"),
        ])
    func mistakes(_ text: String, _ problem: String) throws {
        #expect {
            try Self.read(text)
        } throws: { error in
            guard let fault = error as? Fault else { return false }
            if !fault.message.contains(problem) { Issue.record("\(fault)") }
            return fault.code == .invalid && !fault.message.contains("hu")
        }
    }

    @Test(
        "of a context that cannot be used one is told why",
        arguments: [
            ("", Fault.Code.notFound, "no current context"),
            ("current-context: x", .notFound, "no context “x”"),
            ("current-context: x\ncontexts: [{name: x, context: {cluster: c}}]", .notFound, "lacks"),
            (Self.context("server: ftp://x", "{}"), .invalid, "neither HTTP"),
            (Self.context("server: ''", "{}"), .invalid, "no server"),
            (Self.context("server: https://x", "{token: a, username: b}"), .invalid, "several ways"),
            (Self.context("server: https://x", "{client-key: /k}"), .invalid, "do not come together"),
            (Self.context("server: http://x.example", "{token: hush}"), .invalid, "not sent without TLS"),
            (Self.context("server: https://x", "{auth-provider: {name: gcp}}"), .unsupported, "auth-provider"),
            (
                Self.context("{server: https://x, insecure-skip-tls-verify: true, certificate-authority: c}", "{}"),
                .invalid, "is not to be verified"
            ),
            (Self.context("{server: https://x, proxy-url: 'gopher://hush@p'}", "{}"), .invalid, "no URL"),
            (
                Self.context(
                    "server: https://x", "{exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: c}}"),
                .unsupported, "v1alpha1"
            ),
            (
                Self.context("server: https://x", "{exec: {apiVersion: client.authentication.k8s.io/v1, command: c}}"),
                .invalid, "interactiveMode"
            ),
            (
                Self.context(
                    "server: https://x",
                    "{exec: {apiVersion: client.authentication.k8s.io/v1, command: c, interactiveMode: Always}}"),
                .unsupported, "terminal"
            ),
        ] as [(String, Fault.Code, String)])
    func refusals(_ text: String, _ code: Fault.Code, _ problem: String) throws {
        let config = try Self.read(text)
        #expect {
            try ClusterConfiguration(config)
        } throws: { error in
            guard let fault = error as? Fault else { return false }
            if !fault.message.contains(problem) || fault.code != code { Issue.record("\(fault)") }
            return fault.code == code && !fault.message.contains("hush")
        }
    }

    static func context(_ cluster: String, _ user: String) -> String {
        let cluster = cluster.hasPrefix("{") ? cluster : "{\(cluster)}"
        return """
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: \(cluster)}]
            users: [{name: u, user: \(user)}]
            """
    }

    @Test("in a pod, the service account is who we are") func inCluster() throws {
        let folder = try TemporaryFolder()
        let environment = Environment(["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"])
        #expect { try ClusterConfiguration.inCluster(environment, folder: folder.path) } throws: {
            ($0 as? Fault)?.message.contains("no token") == true
        }
        for (name, text) in [("token", "t"), ("ca.crt", Self.pem), ("namespace", "team\n")] {
            try FileSystem.write(Array(text.utf8), to: "\(folder.path)/\(name)")
        }
        let cluster = try ClusterConfiguration.inCluster(environment, folder: folder.path)
        #expect(cluster.server.description == "https://[fd00::1]/" && cluster.namespace == "team")
        #expect(cluster.user.tokenFile == "\(folder.path)/token")
        #expect(cluster.certificateAuthority == .file("\(folder.path)/ca.crt"))
        #expect { try ClusterConfiguration.inCluster(Environment([:])) } throws: { ($0 as? Fault)?.code == .notFound }
    }
}
