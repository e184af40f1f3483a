// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing

/// What was recorded, when it is there.
private enum RecordedRequests {
    static let json: JSON? = {
        guard let folder = Environment.process["SOVEREIGN_VECTORS"],
            let bytes = try? FileSystem.read("\(folder)/k8s/own/kubectl-1.32-request-trace.json", limit: 1 << 20)
        else { return nil }
        return try? JSON(parsing: bytes, source: "the recorded requests")
    }()
}

/// Requests that kubectl 1.32 was seen to make: it makes the same ones here, and takes none of its ways around what a
/// server lacks.
@Suite(
    "Recorded requests of kubectl",
    .enabled(if: RecordedRequests.json != nil, "needs k8s/own/kubectl-1.32-request-trace.json in SOVEREIGN_VECTORS"),
    .enabled(if: InstalledKubectl.programs[32] != nil, "needs kubectl 1.32"), .timeLimit(.minutes(2)))
struct KubectlTraceTests {
    static let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c1}\ndata: {a: b}\n"
    static let widget = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: w1}\nspec: {size: 1}\n"

    /// Lines in their order, as they were recorded and as they are run here.
    static let lines: [(recorded: String, line: String, input: String)] = [
        ("kubectl get ns", "get ns", ""),
        ("kubectl apply -f /tmp/fk/cm.yaml", "apply -f -", map),
        ("kubectl apply -f /tmp/fk/cm2.yaml", "apply -f -", map.replacing("a: b", with: "a: c")),
        ("kubectl apply -f /tmp/fk/w.yaml", "apply -f -", widget),
        ("kubectl apply -f /tmp/fk/w2.yaml", "apply -f -", widget.replacing("size: 1", with: "size: 2")),
        (
            "kubectl apply --server-side -f /tmp/fk/w2.yaml", "apply --server-side -f -",
            widget.replacing("size: 1", with: "size: 2")
        ),
        ("kubectl get widgets", "get widgets", ""), ("kubectl get wd w1 -o yaml", "get wd w1 -o yaml", ""),
        ("kubectl explain widgets.spec", "explain widgets.spec", ""),
        (
            "kubectl wait --for=jsonpath={.spec.size}=2 widget/w1 --timeout=3s",
            "wait --for=jsonpath={.spec.size}=2 widget/w1 --timeout=3s", ""
        ),
        ("kubectl describe widget w1", "describe widget w1", ""),
        ("kubectl auth can-i get pods", "auth can-i get pods", ""),
        ("kubectl delete widget w1", "delete widget w1", ""),
        ("kubectl delete cm c1 --dry-run=server", "delete cm c1 --dry-run=server", ""),
        ("kubectl version", "version", ""),
    ]

    @Test("the same lines make the same requests, and all are answered") func replay() async throws {
        let recorded = try #require(RecordedRequests.json?["core"]?.array)
        try await TestAPI.withWidgets { api in
            let kubectl = try Kubectl(api, InstalledKubectl.programs[32])
            try await kubectl.ok("api-resources")
            for (command, line, input) in Self.lines {
                let known = try #require(recorded.first { $0["command"]?.string == command }, "\(command)")
                let outcome = try await kubectl("\(line) -v=6", input: input)
                #expect(outcome.status == 0, "\(line): \(outcome.err)")
                let made = Set(outcome.err.split(separator: "\n").compactMap { Self.request(String($0)) })
                for request in known["requests"]?.array ?? [] {
                    let path = request["path"]?.string ?? ""
                    guard !path.hasPrefix("/openapi/v2"), !path.hasPrefix("/api?"), !path.hasPrefix("/apis?") else {
                        continue
                    }
                    // A second apply for the annotation follows only where an apply at the client's side went before.
                    let text = Self.plain("\(request["method"]?.string ?? "") \(path)")
                    #expect(made.contains(text), "\(line): \(text) is not among \(made.sorted())")
                }
                // Of kinds that come from definitions, kubectl asks there as well, whatever it knows.
                guard input.contains("ConfigMap") else { continue }
                for request in made { #expect(!request.contains("/openapi/v2"), "\(line)") }
            }
        }
    }

    /// A request in a line of kubectl's log, when it was answered as it should be; what changes from run to run is left
    /// out.
    private static func request(_ line: String) -> String? {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            guard let start = line.firstRange(of: " \(method) http://"), let end = line.firstRange(of: " in ") else {
                continue
            }
            let words = line[start.upperBound..<end.lowerBound].split(separator: " ")
            guard let url = words.first, let slash = url.firstIndex(of: "/") else { return nil }
            return plain("\(method) \(url[slash...])")
        }
        return nil
    }

    private static func plain(_ request: String) -> String {
        var text = request.replacing("demo.example.io", with: "example.org")
        guard let mark = text.firstIndex(of: "?") else { return text }
        let changing = ["hash=", "timeout=", "resourceVersion=", "timeoutSeconds=", "fieldSelector=involved"]
        let kept = text[text.index(after: mark)...].split(separator: "&").filter { part in
            !changing.contains { part.hasPrefix($0) }
        }
        text = "\(text[..<mark])"
        return kept.isEmpty ? text : "\(text)?\(kept.sorted().joined(separator: "&"))"
    }
}
