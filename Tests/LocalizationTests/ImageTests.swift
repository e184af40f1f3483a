// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Localization
import Testing

private let digest = "sha256:" + String(repeating: "a", count: 64)
private let other = "sha256:" + String(repeating: "b", count: 64)

/// The text with images replaced by a localizer, and whether every rule fitted.
private func change(_ text: String, by localizer: some FileLocalizer) throws -> String {
    var editor = try DocumentEditor(Array(text.utf8), source: "file.yaml")
    try localizer.check(used: localizer.localize(&editor))
    return String(decoding: try editor.finish(), as: UTF8.self)
}

private func rules(_ rules: [(String, String)]) throws -> ImageReplacements {
    try ImageReplacements(rules.map { .init(from: $0.0, to: $0.1) })
}

@Suite("Images") struct ImageTests {
    @Test(
        "references are read as Docker reads them",
        arguments: [
            ("nginx", "docker.io/library/nginx"), ("nginx:1.25", "docker.io/library/nginx"),
            ("acme/app", "docker.io/acme/app"), ("docker.io/nginx", "docker.io/library/nginx"),
            ("index.docker.io/library/nginx", "docker.io/library/nginx"), ("localhost/app:1", "localhost/app"),
            ("localhost:5000/a/b@\(digest)", "localhost:5000/a/b"),
            ("ghcr.io/a/b-c__d.e:V1@\(digest)", "ghcr.io/a/b-c__d.e"),
            ("[::1]:5000/app", "[::1]:5000/app"),
        ])
    func names(text: String, place: String) throws {
        let image = try #require(ImageName(text))
        #expect(image.place == place)
        #expect(image.description == text)
    }

    @Test(
        "what is no reference is none",
        arguments: [
            "", "Nginx", "nginx:", "nginx@sha256:12", "${REGISTRY}/app", "{{ .Values.image }}", "a//b", "a b", "-a",
            "https://example.org/x", "ghcr.io/", "app:1:2", "nginx@\(digest)x", String(repeating: "a", count: 2000),
        ])
    func noNames(text: String) { #expect(ImageName(text) == nil) }

    @Test(
        "a rule replaces what it fits, the most exact first",
        arguments: [
            ("nginx", "r.example/hub/library/nginx"), ("nginx:1.25", "r.example/web:1.25.1"),
            ("nginx:1.26@\(digest)", "r.example/hub/library/nginx:1.26@\(digest)"),
            ("ghcr.io/acme/app:1@\(digest)", "r.example/app:1@\(digest)"),
            ("ghcr.io/acme/pinned:1@\(digest)", "r.example/p:2"),
            ("ghcr.io/acme/tools/x:3", "r.example/acme/tools/x:3"), ("ghcr.io/acme/deep/y", "r.example/deep/y"),
            ("ghcr.io/acmes/x", nil), ("quay.io/x", nil),
        ] as [(String, String?)])
    func replacements(text: String, result: String?) throws {
        let replacements = try rules([
            ("docker.io/*", "r.example/hub/*"), ("nginx:1.25", "r.example/web:1.25.1"),
            ("ghcr.io/acme/app", "oci://r.example/app"), ("ghcr.io/acme/pinned", "r.example/p:2"),
            ("ghcr.io/acme/*", "r.example/acme/*"), ("ghcr.io/acme/deep/*", "r.example/deep/*"),
        ])
        #expect(try replacements.replacement(of: #require(ImageName(text)))?.image.description == result)
    }

    @Test(
        "rules that cannot be meant are refused",
        arguments: [
            [("nginx", "a.io/x"), ("docker.io/library/nginx", "a.io/y")], [("ghcr.io/*", "a.io/x")],
            [("nginx", "a.io/*")], [("nginx", "no image")], [("a.io/*", "b.io/*"), ("a.io/*", "c.io/*")],
            [("*/*", "a.io/*")],
        ])
    func badRules(list: [(String, String)]) { #expect(throws: Fault.self) { try rules(list) } }

    // MARK: Helm values

    static let values: [(String, String, String)] = [
        ("image: nginx:1.25 # x\n", "image: r.example/nginx:1.25 # x\n", "nginx→r.example/nginx"),
        (
            "image:\n  repository: ghcr.io/a/b\n  tag: 1.2\n", "image:\n  repository: r.example/b\n  tag: 1.2\n",
            "ghcr.io/a/b→r.example/b"
        ),
        (
            "image:\n  repository: ghcr.io/a/b\n  tag: 1.2\n", "image:\n  repository: r.example/b\n  tag: \"1.3\"\n",
            "ghcr.io/a/b→r.example/b:1.3"
        ),
        (
            "image: {registry: ghcr.io, repository: a/b, tag: '1'}\n",
            "image: {registry: r.example, repository: x/b, tag: '2'}\n", "ghcr.io/a/b→r.example/x/b:2"
        ),
        (
            "image:\n  repository: nginx # web\n", "image:\n  repository: r.example/nginx # web\n  tag: \"2\"\n",
            "nginx→r.example/nginx:2"
        ),
        (
            "image: {registry: k8s.io, image: in/c, tag: v1, digest: '\(digest)'}\n",
            "image: {registry: r.example, image: c, tag: v2, digest: ''}\n", "k8s.io/in/c→r.example/c:v2"
        ),
        (
            "image: {repository: ghcr.io/a/b, tag: v1, digest: \(digest)}\n",
            "image: {repository: r.example/b, tag: v1, digest: \(digest)}\n", "ghcr.io/a/b→r.example/b"
        ),
        (
            "image: {repository: ghcr.io/a/b, tag: v1, sha: \"\"}\n",
            "image: {repository: r.example/b, tag: v1, sha: \"\(other.dropFirst(7))\"}\n",
            "ghcr.io/a/b→r.example/b@\(other)"
        ),
        (
            "image: {repository: ghcr.io/a/b, tag: v1}\n", "image: {repository: r.example/b, tag: v1@\(other)}\n",
            "ghcr.io/a/b→r.example/b@\(other)"
        ),
        (
            "image: {repository: ghcr.io/a/b:v1}\n", "image: {repository: r.example/b:v2}\n",
            "ghcr.io/a/b→r.example/b:v2"
        ),
        (
            "global: {imageRegistry: ''}\na: {b: {repository: x/z, registry: docker.io}}\nsideImage: x/z\n",
            "global: {imageRegistry: ''}\na: {b: {repository: z, registry: r.example}}\nsideImage: r.example/z\n",
            "x/z→r.example/z"
        ),
        (
            "images:\n- image: nginx\n- other: nginx\n", "images:\n- image: r.example/nginx\n- other: nginx\n",
            "nginx→r.example/nginx"
        ),
    ]

    @Test("images in values of charts, in all their shapes", arguments: values)
    func helm(text: String, result: String, rule: String) throws {
        let parts = rule.split(separator: "→").map { String($0) }
        let localizer = HelmValuesLocalizer(try rules([(parts[0], parts[1])]))
        #expect(try change(text, by: localizer) == result)
    }

    @Test("images at paths, and the registry of all")
    func helmPaths() throws {
        let text =
            "# c\nglobal:\n  storage: x\nimage:\n  registry: docker.io\n  repository: a/b\n  tag: \"1\"\njob: {img: busybox}\n"
        let localizer = HelmValuesLocalizer(
            try rules([]),
            mappings: [
                .init(try ValuePath("image"), try ImageName(reading: "r.example/m/b")),
                .init(try ValuePath("job.img"), try ImageName(reading: "r.example/busybox:2")),
            ], globalRegistry: "r.example")
        #expect(
            try change(text, by: localizer)
                == "# c\nglobal:\n  storage: x\n  imageRegistry: r.example\nimage:\n  registry: r.example\n  repository: m/b\n  tag: \"1\"\njob: {img: r.example/busybox:2}\n"
        )
    }

    @Test("a registry for all that stays where the images are not is refused")
    func globalRegistry() throws {
        let text = "global: {imageRegistry: old.example}\nimage: {registry: docker.io, repository: a/b, tag: 1}\n"
        let images = try rules([("old.example/a/b", "r.example/b")])
        let fault = #expect(throws: Fault.self) { try change(text, by: HelmValuesLocalizer(images)) }
        #expect(fault?.code == .conflict)
        #expect(
            try change(text, by: HelmValuesLocalizer(images, globalRegistry: "r.example"))
                == "global: {imageRegistry: r.example}\nimage: {registry: r.example, repository: b, tag: 1}\n")
    }

    @Test("an image that is nowhere is a mistake, unless its rule says otherwise")
    func unused() throws {
        let fault = #expect(throws: Fault.self) {
            try change("image: nginx\n", by: HelmValuesLocalizer(rules([("x/y", "r.example/y")])))
        }
        #expect(fault?.code == .notFound && fault?.message.contains("x/y") == true)
        let optional = try ImageReplacements([.init(from: "x/y", to: "r.example/y", isOptional: true)])
        #expect(try change("image: nginx\n", by: HelmValuesLocalizer(optional)) == "image: nginx\n")
    }

    // MARK: kustomizations

    static let kustomizations: [(String, String, String)] = [
        (
            "resources: [a.yaml]\nimages:\n- name: nginx # web\n  newTag: \"1\"\n- name: x\n",
            "resources: [a.yaml]\nimages:\n- name: nginx # web\n  newTag: \"2\"\n  newName: r.example/nginx\n- name: x\n",
            "r.example/nginx:2"
        ),
        (
            "images:\n  - digest: \(digest)\n    name: docker.io/library/nginx\n    newName: old\nnamePrefix: x\n",
            "images:\n  - digest: \"\"\n    name: docker.io/library/nginx\n    newName: r.example/nginx\n    newTag: \"2\"\nnamePrefix: x\n",
            "r.example/nginx:2"
        ),
        (
            "images:\n- {name: nginx, newTag: '1'}\n",
            "images:\n- {name: nginx, newTag: '', newName: r.example/n, digest: \(other)}\n",
            "r.example/n@\(other)"
        ),
        (
            "images:\n- {name: nginx, newTag: '1'}\n", "images:\n- {name: nginx, newTag: '1', newName: r.example/n}\n",
            "r.example/n"
        ),
        (
            "images:\n- name: x\n# end\n",
            "images:\n- name: x\n- name: nginx\n  newName: r.example/n\n  newTag: \"3\"\n# end\n", "r.example/n:3"
        ),
        ("images: []\n", "images: [{name: nginx, newName: r.example/n}]\n", "r.example/n"),
        (
            "resources:\n- a.yaml\n",
            "resources:\n- a.yaml\nimages:\n- name: nginx\n  newName: r.example/n\n  newTag: v3\n", "r.example/n:v3"
        ),
        ("", "images:\n- name: nginx\n  newName: r.example/n\n", "r.example/n"),
    ]

    @Test("images of kustomizations are changed or added", arguments: kustomizations)
    func kustomize(text: String, result: String, to: String) throws {
        let localizer = try KustomizationLocalizer(rules([("nginx", to)]))
        #expect(try change(text, by: localizer) == result)
        #expect(try change(result, by: localizer) == result)
    }

    @Test("what a kustomization cannot say is refused")
    func kustomizeRefusals() throws {
        #expect(throws: Fault.self) { try KustomizationLocalizer(rules([("a.io/*", "b.io/*")])) }
        #expect(throws: Fault.self) { try KustomizationLocalizer(rules([("nginx:1", "b.io/x")])) }
        let adding = try KustomizationLocalizer(rules([("nginx", "b.io/x")]))
        #expect(throws: Fault.self) { try change("kind: Deployment\n", by: adding) }
        #expect(throws: Fault.self) { try change("a: 1\n---\nb: 1\n", by: adding) }
        let changing = try KustomizationLocalizer(rules([("nginx", "b.io/x")]), isAdding: false)
        #expect(throws: Fault.self) { try change("resources: []\n", by: changing) }
    }

    // MARK: Manifests

    @Test(
        "images in the pod templates of each kind",
        arguments: [
            ("Pod", "spec"), ("Deployment", "spec.template.spec"), ("StatefulSet", "spec.template.spec"),
            ("DaemonSet", "spec.template.spec"), ("ReplicaSet", "spec.template.spec"), ("Job", "spec.template.spec"),
            ("ReplicationController", "spec.template.spec"), ("CronJob", "spec.jobTemplate.spec.template.spec"),
            ("PodTemplate", "template.spec"),
        ])
    func manifestKinds(kind: String, path: String) throws {
        func text(_ image: String) -> String {
            var text = "kind: \(kind) # c\n", indentation = ""
            for key in path.split(separator: ".") {
                text += "\(indentation)\(key):\n"
                indentation += "  "
            }
            for list in ["containers", "initContainers", "ephemeralContainers"] {
                text +=
                    "\(indentation)\(list):\n\(indentation)- name: a\n\(indentation)  image: \"\(image)\" # \(list)\n"
            }
            return text + "\(indentation)volumes: [{image: {reference: '\(image)'}}]\n"
        }
        let localizer = ManifestLocalizer(try rules([("nginx", "r.example/nginx")]))
        #expect(try change(text("docker.io/nginx:1"), by: localizer) == text("r.example/nginx:1"))
    }

    @Test("lists, several documents, and the paths of other kinds; all else stays")
    func manifests() throws {
        let text = """
            apiVersion: v1
            kind: List
            items:
            - kind: Pod
              spec: {containers: [{image: nginx}]}
            - {kind: ConfigMap, data: {image: nginx}}
            ---
            kind: Prometheus
            spec:
              image: nginx
              other: nginx
            ---
            kind: Deployment
            spec: {template: {spec: {containers: [{image: "${REGISTRY}/x"}, {image: other}, {name: none}]}}}

            """
        let localizer = ManifestLocalizer(
            try rules([("nginx", "r.example/n")]),
            places: [.init(kind: "Prometheus", path: try ValuePath("spec.image"))])
        let result = text.replacing("[{image: nginx}]", with: "[{image: r.example/n}]")
            .replacing("spec:\n  image: nginx", with: "spec:\n  image: r.example/n")
        #expect(try change(text, by: localizer) == result)
        let json = #"{"kind":"Pod","spec":{"containers":[{"image":"nginx" }]}}"#
        #expect(try change(json, by: localizer) == #"{"kind":"Pod","spec":{"containers":[{"image":"r.example/n" }]}}"#)
    }
}
