// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing

@Suite("Namespaces", .timeLimit(.minutes(1))) struct NamespaceTests {
    static func maps(_ namespace: String) -> String { "\(Path.namespaces)/\(namespace)/configmaps" }

    @Test("those that every cluster has are there from the beginning") func first() async throws {
        try await TestAPI.with { api in
            let names = try await api.get(Path.namespaces).names
            #expect(names == ["default", "kube-node-lease", "kube-public", "kube-system"])
            let service = try await api.get("\(Path.services)/kubernetes")
            #expect(service["spec.clusterIP"] == "10.43.0.1")
        }
    }

    @Test("a new one is active, has its finalizer, its label, an account and the authority's certificates")
    func new() async throws {
        try await TestAPI.with { api in
            let made = try await api.post(Path.namespaces, Make.namespace("n"))
            #expect(made["status.phase"] == "Active" && made["spec.finalizers"] == ["kubernetes"])
            #expect(made["metadata"]?["labels"]?["kubernetes.io/metadata.name"] == "n")
            #expect(
                try await api.eventually {
                    try await api.get("\(Path.namespaces)/n/serviceaccounts/default").code == 200
                })
            #expect(
                try await api.eventually {
                    try await api.get("\(Self.maps("n"))/kube-root-ca.crt")["data"]?["ca.crt"]?.string?.contains(
                        "BEGIN") == true
                })
            try api.must(try await api.delete("\(Self.maps("n"))/kube-root-ca.crt"))
            #expect(
                try await api.eventually { try await api.get("\(Self.maps("n"))/kube-root-ca.crt").code == 200 })
        }
    }

    @Test("one that is deleted is emptied and goes") func deleted() async throws {
        try await TestAPI.withWidgets { api in
            try api.must(try await api.post(Path.namespaces, Make.namespace("n")))
            for index in 0..<5 { try api.must(try await api.post(Self.maps("n"), Make.map("m\(index)"))) }
            try api.must(try await api.post("/apis/example.org/v1/namespaces/n/widgets", Make.widget("w")))
            let reply = try await api.delete("\(Path.namespaces)/n")
            #expect(reply["kind"] == "Namespace" && reply["status.phase"] == "Terminating")
            #expect(reply["metadata.deletionTimestamp"] != nil)
            #expect(try await api.eventually { try await api.isGone("\(Path.namespaces)/n") })
            #expect(try await api.get("/apis/example.org/v1/widgets").names == [])
            try api.must(try await api.post(Path.namespaces, Make.namespace("n")))
            #expect(try await api.get("\(Self.maps("n"))/m0").code == 404)
        }
    }

    @Test("in one that ends nothing is created, and its conditions say what keeps it") func terminating() async throws {
        try await TestAPI.withWidgets { api in
            try api.must(try await api.post(Path.namespaces, Make.namespace("n")))
            var stuck = Make.map("stuck")
            stuck["metadata"]?["finalizers"] = ["example.org/stay"]
            try api.must(try await api.post(Self.maps("n"), stuck))
            try api.must(try await api.delete("\(Path.namespaces)/n"))
            let refused = try await api.post(Self.maps("n"), Make.map("late"))
            #expect(
                refused.problem
                    == Problem(
                        403, "Forbidden",
                        "configmaps \"late\" is forbidden: unable to create new content in namespace n because it is "
                            + "being terminated"))
            #expect(
                refused.causes
                    == ["NamespaceTerminating metadata.namespace: namespace n is being terminated"])
            #expect(
                try await api.eventually {
                    let conditions = try await api.get("\(Path.namespaces)/n")["status.conditions"]?.array ?? []
                    return conditions.contains {
                        $0["type"] == "NamespaceFinalizersRemaining" && $0["status"] == "True"
                            && $0["message"]?.string?.contains("example.org/stay in 1 resource instances") == true
                    }
                })
            let conditions = try await api.get("\(Path.namespaces)/n")["status.conditions"]?.array ?? []
            let types = Set(conditions.compactMap { $0["type"]?.string })
            #expect(
                types == [
                    "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure",
                    "NamespaceDeletionContentFailure", "NamespaceContentRemaining", "NamespaceFinalizersRemaining",
                ])
            try api.must(try await api.patch("\(Self.maps("n"))/stuck", .merge, ["metadata": ["finalizers": nil]]))
            #expect(try await api.eventually { try await api.isGone("\(Path.namespaces)/n") })
        }
    }

    @Test("only its own path sets who keeps it") func finalize() async throws {
        try await TestAPI.with { api in
            var namespace = Make.namespace("n")
            namespace["spec"] = ["finalizers": ["example.org/mine"]]
            let made = try await api.post(Path.namespaces, namespace)
            try api.must(
                try await api.patch("\(Path.namespaces)/n", .merge, ["spec": ["finalizers": []]]))
            #expect(try await api.get("\(Path.namespaces)/n")["spec.finalizers"]?.array?.isEmpty == false)
            var final = made.json
            final["spec"] = ["finalizers": ["kubernetes", "example.org/other"]]
            let put = try await api.put("\(Path.namespaces)/n/finalize", final)
            #expect(put.code == 200 && put["spec.finalizers"] == ["kubernetes", "example.org/other"])
        }
    }
}
