// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

private let digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

@Suite("References of OCM")
struct OCMReferencesTests {
    /// `registry repository tag digest`, as an expression gives them.
    private func parts(_ call: String, _ value: Value, at location: ComponentLocation? = nil) -> String {
        evaluated(
            "cel.bind(r, \(call), [r.registry, r.repository, r.tag, r.digest].join(' '))",
            in: .ocmResource(of: location), ["x": value])
    }

    @Test(
        "references in full and in part",
        arguments: [
            ("registry.io/myrepo/myapp:v1", "registry.io myrepo/myapp v1 "),
            ("registry.io/myrepo/myapp@\(digest)", "registry.io myrepo/myapp  \(digest)"),
            ("registry.io/myrepo/myapp:v1@\(digest)", "registry.io myrepo/myapp v1 \(digest)"),
            ("registry.io/myrepo/myapp:@\(digest)", "registry.io myrepo/myapp  \(digest)"),
            ("hello-world", " hello-world  "), ("hello-world:v1", " hello-world v1 "), (digest, "   \(digest)"),
            ("localhost/hello-world", "localhost hello-world  "),
            ("oci://localhost:5000/hello-world:v1", "localhost:5000 hello-world v1 "),
            ("https://registry.example.com/a__b/c---d", "registry.example.com a__b/c---d  "),
            ("[::1]:5000/hello-world:v2", "[::1]:5000 hello-world v2 "),
            ("component-descriptors/ocm.software/x:v1", "component-descriptors ocm.software/x v1 "),
        ])
    func references(text: String, expected: String) {
        for call in ["x.toOCI()", "toOCI(x)", "x.parseRef()", "parseRef(x)"] {
            #expect(parts(call, .string(text)) == "\"\(expected)\"", "\(call)")
        }
        #expect(parts("x.toOCI()", ["type": "ociArtifact/v1", "imageReference": .string(text)]) == "\"\(expected)\"")
    }

    @Test(
        "what is no reference",
        arguments: [
            "registry.io/myrepo/myapp:v1@sha256:gibberish", "localhost/UPPERCASE/test", "localhost:v1/hello-world",
            "upsie://localhost:v1", "://localhost:v1", "://", "oci://", "registry.io/a@", "sha256:abc", "a:",
            "registry.example.com/hello-world@@\(digest)", "registry.example.com/hello-world @\(digest)",
            "registry.example.com/hello-world:foobar:\(digest)", "myrepo:sha256:abc", "a/b:-x", "a?b/c", "a/b//c",
            "user@host/x",
        ])
    func broken(text: String) {
        #expect(evaluated("x.toOCI()", in: .ocmResource, ["x": .string(text)]).hasPrefix("error: invalid reference: "))
        #expect(evaluated("x.parseRef()", in: .ocmResource, ["x": .string(text)]).hasPrefix("error: "))
    }

    @Test(
        "tag and digest together",
        arguments: [("a/b", ""), ("a/b:v1", "v1"), ("a/b@\(digest)", digest), ("a/b:v1@\(digest)", "v1@\(digest)")])
    func together(text: String, reference: String) {
        #expect(evaluated("x.toOCI().reference", in: .ocmResource, ["x": .string(text)]) == "\"\(reference)\"")
    }

    @Test(
        "toOCI() names the host to speak to, parseRef() what was written",
        arguments: [
            ("x.toOCI().host", "registry-1.docker.io"), ("x.toOCI().registry", "registry-1.docker.io"),
            ("x.parseRef().registry", "docker.io"), ("x.parseRef().scheme", "oci"),
            ("x.parseRef().registry + '/' + x.parseRef().repository", "docker.io/library/alpine"),
        ])
    func hosts(expression: String, result: String) {
        let text: Value = "oci://docker.io/library/alpine:3"
        #expect(evaluated(expression, in: .ocmResource, ["x": text]) == "\"\(result)\"")
    }

    @Test(
        "a local blob is in the artifact of its component version",
        arguments: [
            ("https://ghcr.io", "myrepo", "ghcr.io myrepo/component-descriptors/test-component"),
            ("ghcr.io/", "/a//b/", "ghcr.io a/b/component-descriptors/test-component"),
            ("http://localhost:5000/x", "", "localhost:5000 x/component-descriptors/test-component"),
        ])
    func localBlobs(baseURL: String, subPath: String, expected: String) {
        let access: Value = ["type": "localBlob/v1", "localReference": .string(digest)]
        let location = ComponentLocation(component: "test-component", baseURL: baseURL, subPath: subPath)
        #expect(parts("x.toOCI()", access, at: location) == "\"\(expected)  \(digest)\"")
    }

    @Test("what has no reference says what would have one")
    func withoutReference() {
        let helm: Value = ["type": "Helm/v1", "helmRepository": "oci://ghcr.io/org/charts", "helmChart": "c:1.0.0"]
        let expected =
            "error: expected map with OCIImage access (imageReference) or localBlob access (localReference) "
            + "or imageReference field"
        #expect(evaluated("x.toOCI()", in: .ocmResource, ["x": helm]) == expected)
        let blob: Value = ["type": "localBlob", "localReference": .string(digest)]
        let unknown = "\(expected); where the component is stored is not known here"
        #expect(evaluated("x.toOCI()", in: .ocmResource, ["x": blob]) == unknown)
        #expect(evaluated("toOCI(1)", in: .ocmResource).hasPrefix("error: expected string or map"))
        // Deprecated upstream, but accepted.
        #expect(parts("x.toOCI()", ["imageReference": "a/b:v1"]) == "\"a b v1 \"")
    }
}
