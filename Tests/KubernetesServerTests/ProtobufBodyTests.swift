// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Testing
import Web

@testable import KubernetesServer

@Suite("Bodies in protobuf", .timeLimit(.minutes(1))) struct ProtobufBodyTests {
    static let type = "application/vnd.kubernetes.protobuf"

    /// Bodies that kubectl sent, as they were recorded.
    static func recorded(_ name: String) throws -> [UInt8] {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        return try FileSystem.read("/\(folder)/KubernetesKindsTests/Fixtures/\(name).pb", limit: 1 << 20)
    }

    @Test(
        "what kubectl creates in protobuf is created",
        arguments: [
            ("namespace", "/api/v1/namespaces", "Namespace"), ("configmap", "", "ConfigMap"),
            ("configmap-binary", "", "ConfigMap"), ("secret", "", "Secret"), ("secret-tls", "", "Secret"),
            ("serviceaccount", "", "ServiceAccount"), ("service-clusterip", "", "Service"),
            ("service-nodeport", "", "Service"), ("quota", "", "ResourceQuota"), ("deployment", "", "Deployment"),
            ("job", "", "Job"), ("cronjob", "", "CronJob"), ("ingress", "", "Ingress"),
            ("pdb", "", "PodDisruptionBudget"), ("role", "", "Role"), ("rolebinding", "", "RoleBinding"),
            ("clusterrole", "", "ClusterRole"), ("clusterrolebinding", "", "ClusterRoleBinding"),
            ("priorityclass", "", "PriorityClass"),
        ]) func recordedBodies(_ name: String, _ path: String, _ kind: String) async throws
    {
        try await TestAPI.with { api in
            let body = try Self.recorded(name)
            let resource = try #require(
                api.api.catalogue.stored.first { $0.kind.kind == kind && $0.kind.version == "v1" })
            let home = resource.isNamespaced ? "/namespaces/\(try Self.namespace(body, kind) ?? "default")" : ""
            if !home.isEmpty, !home.hasSuffix("/default") {
                _ = try await api.post(Path.namespaces, Make.namespace(String(home.dropFirst(12))))
            }
            let reply = try await api.send(
                .post, "\(resource.groupVersion.path)\(home)/\(resource.plural)?fieldManager=kubectl-create", body,
                type: Self.type, accept: "\(Self.type),application/json")
            #expect(reply.code == 201 && reply["kind"]?.string == kind, "\(reply.text.prefix(600))")
            #expect(reply.headers["Content-Type"] == "application/json")
            // An account of which only the name is given has no field that anybody could own.
            #expect(kind == "ServiceAccount" || reply["metadata.managedFields.0.manager"] == "kubectl-create")
        }
    }

    /// The namespace in a recorded body, for the path.
    static func namespace(_ body: [UInt8], _ kind: String) throws -> String? {
        String(decoding: body, as: UTF8.self).contains("team-a") ? "team-a" : nil
    }

    @Test(
        "what is no protobuf, or another kind, is refused",
        arguments: [[], [1, 2, 3], Array("k8s\0".utf8), Array("k8s\0\u{7f}\u{7f}".utf8)] as [[UInt8]])
    func refused(_ body: [UInt8]) async throws {
        try await TestAPI.with { api in
            let reply = try await api.send(.post, Path.maps, body, type: Self.type)
            #expect(reply.code == 400 || reply.code == 422, "\(reply.text)")
            let other = try await api.send(.post, Path.maps, try Self.recorded("secret"), type: Self.type)
            #expect(other.code == 400, "\(other.text)")
        }
    }

    @Test("deletions come with options in protobuf as well") func deleteOptions() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            // DeleteOptions { propagationPolicy (4): "Background" }
            let options: [UInt8] = [0x22, 10] + Array("Background".utf8)
            let meta: [UInt8] = [0x0A, 2] + Array("v1".utf8) + [0x12, 13] + Array("DeleteOptions".utf8)
            let body: [UInt8] =
                Array("k8s\0".utf8) + [0x0A, UInt8(meta.count)] + meta + [0x12, UInt8(options.count)] + options
            let reply = try await api.send(.delete, "\(Path.maps)/a", body, type: Self.type)
            #expect(reply.code == 200, "\(reply.text)")
            #expect(try await api.isGone("\(Path.maps)/a"))
        }
    }
}
