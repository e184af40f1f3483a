// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import Testing

@testable import KubernetesServer

@Suite struct RequestTargetTests {
    @Test(
        "a path names group, version, namespace, resource, object and part",
        arguments: [
            ("/api/v1/pods", "v1", nil, "pods", nil, nil),
            ("/api/v1/namespaces", "v1", nil, "namespaces", nil, nil),
            ("/api/v1/namespaces/a", "v1", "a", "namespaces", "a", nil),
            ("/api/v1/namespaces/a/status", "v1", "a", "namespaces", "a", "status"),
            ("/api/v1/namespaces/a/finalize", "v1", "a", "namespaces", "a", "finalize"),
            ("/api/v1/namespaces/a/pods", "v1", "a", "pods", nil, nil),
            ("/api/v1/namespaces/a/pods/b", "v1", "a", "pods", "b", nil),
            ("/api/v1/namespaces/a/pods/b/log", "v1", "a", "pods", "b", "log"),
            ("/apis/apps/v1/deployments", "apps/v1", nil, "deployments", nil, nil),
            ("/apis/apps/v1/namespaces/a/deployments/b/scale", "apps/v1", "a", "deployments", "b", "scale"),
            ("/api/v1/nodes/n", "v1", nil, "nodes", "n", nil),
        ] as [(String, String, String?, String, String?, String?)])
    func paths(
        _ path: String, _ version: String, _ namespace: String?, _ resource: String, _ name: String?, _ part: String?
    ) throws {
        guard case .resource(let found) = RequestTarget(path) else {
            Issue.record("\(path) names no resource")
            return
        }
        #expect("\(found.groupVersion)" == version)
        #expect(found.namespace == namespace)
        #expect(found.resource == resource)
        #expect(found.name == name)
        #expect(found.subresource == part)
    }
}
