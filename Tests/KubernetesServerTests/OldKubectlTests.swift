// SPDX-License-Identifier: Apache-2.0

import Documents
import TestServers
import Testing

/// kubectl before 1.27, which knows OpenAPI 2 alone: it explains by it, and refuses by it what has unknown fields.
@Suite(
    "An old kubectl", .enabled(if: InstalledKubectl.old != nil, "needs Debian's kubectl 1.20"), .timeLimit(.minutes(3)))
struct OldKubectlTests {
    @Test("explains built-in and custom kinds, also all they hold") func explain() async throws {
        try await TestAPI.withWidgets { api in
            let kubectl = try Kubectl(api, InstalledKubectl.old)
            let strategy = try await kubectl.ok("explain deployment.spec.strategy", "rollingUpdate")
            #expect(strategy.contains("KIND:     Deployment") && strategy.contains("VERSION:  apps/v1"))
            try await kubectl.ok("explain pod.spec.containers.ports", "containerPort")
            try await kubectl.ok("explain widgets.spec", "color")
            try await kubectl.ok("explain widgets.spec.parts.count", "integer")
            try await kubectl.ok("explain widgets --recursive", "tags")
            try await kubectl.ok("explain deployment --recursive", "matchExpressions")
            try await kubectl.ok("explain crd.spec.versions.schema --recursive", "openAPIV3Schema")
            try await kubectl.fails("explain widgets.spec.nothing", "field \"nothing\" does not exist")
        }
    }

    @Test("refuses by itself what has an unknown field, and takes what keeps unknown fields") func validate()
        async throws
    {
        try await TestAPI.withWidgets { api in
            let kubectl = try Kubectl(api, InstalledKubectl.old)
            try await kubectl.fails(
                "apply --validate=true -f -",
                "ValidationError(Deployment.spec): unknown field \"replicaz\" in io.k8s.api.apps.v1.DeploymentSpec",
                input: KubectlJourneyTests.product.replacing("replicas: 2", with: "replicaz: 2"))
            try await kubectl.fails(
                "apply --validate=true -f -",
                "ValidationError(Widget.spec): unknown field \"sizes\" in org.example.v1.Widget.spec",
                input: Make.widget("w", ["sizes": 1]).text())
            try await kubectl.ok(
                "apply --validate=true -f -", "widget.example.org/w created",
                input: Make.widget("w", ["size": 1, "free": ["any": ["thing": 1]]]).text())
            try await kubectl.ok(
                "apply --validate=true -f -", "created",
                input: Widgets.definition().text()
                    .replacing("widgets.example.org", with: "gadgets.example.com")
                    .replacing("example.org", with: "example.com").replacing("widget", with: "gadget")
                    .replacing("Widget", with: "Gadget"))
        }
    }

    @Test("does the daily things") func product() async throws {
        try await TestAPI.with { api in
            let kubectl = try Kubectl(api, InstalledKubectl.old)
            try await kubectl.ok("apply -f -", "deployment.apps/web created", input: KubectlJourneyTests.product)
            let again = try await kubectl.ok("apply -f -", input: KubectlJourneyTests.product)
            #expect(!again.contains(" created"))
            let changed = KubectlJourneyTests.product.replacing("nginx:1.25", with: "nginx:1.26")
            let diff = try await kubectl("diff -f -", input: changed)
            #expect(diff.status == 1 && diff.out.contains("nginx:1.26"), "\(diff.out)\(diff.err)")
            try await kubectl.ok("apply -f -", "deployment.apps/web configured", input: changed)
            let dry = try await kubectl.ok(
                "apply --dry-run=server -f -", "deployment.apps/web configured (server dry run)",
                input: KubectlJourneyTests.product)
            #expect(!dry.contains("error"))
            let fewer = changed.replacing(", {name: B, value: \"2\"}", with: "")
            try await kubectl.ok("apply -f -", "deployment.apps/web configured", input: fewer)
            try await kubectl.ok(
                "get deployment web -n shop -o jsonpath={.spec.template.spec.containers[0].env[*].name}", "A")
            try await kubectl.ok("get all -n shop", "deployment.apps/web")
            try await kubectl.ok("describe -n shop deployment web", "nginx:1.26")
            try await kubectl.ok("scale -n shop deployment web --replicas=4", "scaled")
            try await kubectl.ok("delete ns shop --timeout=40s", "deleted")
        }
    }

    @Test(
        "understands the definitions that others have written",
        .enabled(if: SharedDefinitions.areThere, SharedDefinitions.reason))
    func definitions() async throws {
        try await TestAPI.with { api in
            let definitions = try await SharedDefinitions.install(api)
            let kubectl = try Kubectl(api, InstalledKubectl.old)
            for definition in definitions {
                let group = definition[path: "spec.group"]?.string ?? ""
                let plural = definition[path: "spec.names.plural"]?.string ?? ""
                let version = definition[path: "spec.versions.0.name"]?.string ?? ""
                try await kubectl.ok("explain \(plural) --api-version=\(group)/\(version) --recursive", "FIELDS:")
            }
        }
    }
}
