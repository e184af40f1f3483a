// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Documents
import Testing

@Suite("Templates of the profiles")
struct ProfileTemplateTests {
    private let instance: JSON = [
        "metadata": ["name": "shop", "namespace": "prod", "labels": ["team": "a"]],
        "spec": [
            "replicas": 2, "image": "nginx", "policy": "", "created": "2026-01-02T03:04:05Z",
            "ports": [["name": "http", "port": 80]], "accountId": "12", "roleName": "r",
        ],
    ]
    private let schema: JSON = [
        "type": "object",
        "properties": [
            "metadata": [
                "type": "object",
                "properties": [
                    "name": ["type": "string"], "namespace": ["type": "string"],
                    "labels": ["type": "object", "additionalProperties": ["type": "string"]],
                ],
            ],
            "spec": [
                "type": "object",
                "properties": [
                    "replicas": ["type": "integer"], "image": ["type": "string"], "policy": ["type": "string"],
                    "accountId": ["type": "string"], "roleName": ["type": "string"],
                    "created": ["type": "string", "format": "date-time"],
                    "ports": [
                        "type": "array",
                        "items": [
                            "type": "object", "properties": ["name": ["type": "string"], "port": ["type": "integer"]],
                        ],
                    ],
                ],
            ],
        ],
    ]

    @Test("A resource of kro is checked against its schema and rendered")
    func kro() throws {
        let yaml = """
            metadata:
              name: ${schema.metadata.name + '-' + string(schema.spec.replicas)}
              namespace: ${schema.metadata.namespace}
              labels: ${schema.metadata.?labels.orValue({})}
              annotations:
                role: ${"arn:aws:iam::%s:role/%s".format([schema.spec.accountId, schema.spec.roleName])}
                year: y${string(schema.spec.created.getFullYear())}
                policy: '${schema.spec.policy != "" ? schema.spec.policy : omit()}'
            spec:
              replicas: ${schema.spec.replicas}
              ports: ${schema.spec.ports.map(p, p.port)}
              first: ${schema.spec.ports[0]}
              args: ["--${schema.spec.ports.map(p, p.name).join(',')}", "${omit()}"]
            """
        let document = try YAML.document(Array(yaml.utf8), source: "rgd.yaml")
        let environment = Profile.kro.environment()
        let tree = try TemplateTree(document, dialect: .kro, environment: environment)
        #expect(Set(tree.references.map(\.variable)) == ["schema"])
        let type = try CELType(schema: schema, name: "schema")
        let compiled = try tree.compile(in: environment.adding(variables: ["schema": type]))
        let rendered = try compiled.render(["schema": Value(document: instance, as: type)])
        #expect(
            rendered == [
                "metadata": [
                    "name": "shop-2", "namespace": "prod", "labels": ["team": "a"],
                    "annotations": ["role": "arn:aws:iam::12:role/r", "year": "y2026"],
                ],
                "spec": [
                    "replicas": 2, "ports": [80], "first": ["name": "http", "port": 80], "args": ["--http"],
                ],
            ])
        #expect {
            try TemplateTree(["a": "${schema.spec.ports[0].prot}"], dialect: .kro, environment: environment)
                .compile(in: environment.adding(variables: ["schema": type]))
        } throws: { error in
            "\(error)".contains("undefined field 'prot' of schema.spec.ports.@idx; did you mean 'port'?")
        }
    }

    /// As examples of kro have them.
    private static let examples = #"""
        schema.metadata.name + '-' + region + '-' + tier
        schema.spec.?replicas.orValue(3)
        schema.metadata.?annotations["argocd.argoproj.io/tracking-id"]
        "https://%s.%s.svc.cluster.local".format([service.metadata.name, service.metadata.namespace])
        service.status.?loadBalancer.?ingress[0].?hostname
        deployment.status.conditions.exists(c, c.type == 'Available' && c.status == "True")
        workerPods.sortBy(i, i.data.priority).map(i, i.metadata.name).join(",")
        schema.spec.regions.map(r, schema.spec.tiers.map(t, {'region': r, 'tier': t})).flatten()
        {"name": "app", "image": schema.spec.image, "foo": "bar"}
        { "a": 1, "b": 5, "c": 3 }.transformMap(k, v, v > 1, v * 10)
        { "us-east-1": "primary" }.transformMapEntry(k, v, {v: k})
        { "APP": "nginx", "PORT": "8080" }.transformList(k, v, k + "=" + v)
        lists.setAtIndex(schema.spec.tags, 1, "new-tag")
        {"securityContext": {"runAsNonRoot": true}}.deepMerge(schema.spec.podSpec)
        json.unmarshal('{"k": "v"}').k
        "%x".format([hash.sha256(schema.spec.config)])
        random.seededString(10, schema.metadata.uid)
        schema.spec.cidrBlock.split('.')[0] + '.' + string(idx + 1) + '.0/24'
        quantity("500Mi").isLessThan(quantity("1Gi")) ? "small" : "large"
        has(crd.status) && has(crd.status.conditions)
        services.map(svc, {"host": svc.metadata.name, "http": {"paths": [{"path": "/", "backend": {"port": {"number": svc.spec.ports[0].port}}}]}})
        claims.filter(c, c.key == claims.filter(x, x.identity == c.identity).sortBy(x, -x.priority)[0].key)
        schema.spec.policy != "" ? schema.spec.policy : omit()
        """#

    @Test("An expression of kro fills a string", arguments: examples.split(separator: "\n").map(String.init))
    func example(expression: String) throws {
        let environment = Profile.kro.environment()
        let tree = try TemplateTree(.string("${\(expression)}"), dialect: .kro, environment: environment)
        #expect(tree.leaves.first?.template.expressions == [expression])
        #expect(tree.references.allSatisfy { !["lists", "json", "hash", "random"].contains($0.variable) })
        _ = try tree.compileUnchecked(in: environment)
    }

    @Test("Functions of libraries are no variables of a graph")
    func references() throws {
        let tree = try TemplateTree(
            [
                "a": "${lists.range(size(workers))}", "b": "${json.marshal({'n': x.y})}",
                "c": "${random.seededString(10, schema.metadata.uid)}", "d": "${job.status.completionTime != null}",
            ], dialect: .kro, environment: Profile.kro.environment())
        #expect(
            tree.references.map(\.description).sorted() == [
                "job.status.completionTime", "schema.metadata.uid", "workers", "x.y",
            ])
    }

    @Test("The status fields of a Resource of OCM are found in its access")
    func ocmResource() throws {
        let environment = Profile.ocmResource.environment(variables: ["resource": .dyn])
        let document: JSON = [
            "registry": "resource.access.toOCI().registry",
            "oci": ["repository": "resource.access.toOCI().repository", "tag": "resource.access.toOCI().tag"],
        ]
        let compiled = try TemplateTree(document, dialect: .bare, environment: environment).compile(in: environment)
        let resource: JSON = ["access": ["type": "ociArtifact", "imageReference": "ghcr.io/acme/image:1.0.0"]]
        #expect(
            try compiled.render(["resource": Value(resource, numbers: .doubles)]) == [
                "registry": "ghcr.io", "oci": ["repository": "acme/image", "tag": "1.0.0"],
            ])
    }

    @Test("A transformation of OCM is rendered with values of every type")
    func ocmTransform() throws {
        let environment = Profile.ocmTransform.environment(variables: ["environment": .dyn, "download1": .dyn])
        let document: JSON = [
            "version": "v${environment.version}-${environment.build}", "object": "${download1.output.object}",
            "file": "${download1.output.?provFile}", "all": "<${environment.tags}>",
        ]
        let compiled = try TemplateTree(document, dialect: .ocmTransform, environment: environment)
            .compile(in: environment)
        #expect(
            try compiled.render([
                "environment": ["version": "1.0", "build": 7, "tags": ["a", "b"]],
                "download1": ["output": ["object": ["k": [1]]]],
            ]) == ["version": "v1.0-7", "object": ["k": [1]], "file": nil, "all": "<[a b]>"])
    }
}
