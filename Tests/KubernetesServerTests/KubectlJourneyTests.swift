// SPDX-License-Identifier: Apache-2.0

import Documents
import TestServers
import Testing

/// What people do with kubectl, done with kubectl.
@Suite("kubectl", .enabled(if: InstalledKubectl.newest != nil, "needs kubectl"), .timeLimit(.minutes(3)))
struct KubectlJourneyTests {
    static let product = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: shop, labels: {part: before}}
        data: {mode: quick}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: token, namespace: shop}
        data: {token: YWJj}
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: shop, namespace: shop}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx:1.25
                ports: [{name: http, containerPort: 8080}]
                env: [{name: A, value: "1"}, {name: B, value: "2"}]
                resources: {requests: {cpu: 100m, memory: 64Mi}}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db, namespace: shop}
        spec:
          serviceName: db
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec: {containers: [{name: db, image: "postgres:16"}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, namespace: shop}
        spec:
          rules:
          - host: shop.example.org
            http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: tidy, namespace: shop}
        spec:
          schedule: "0 * * * *"
          jobTemplate:
            spec: {template: {spec: {restartPolicy: Never, containers: [{name: tidy, image: "busybox:1"}]}}}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader, namespace: shop}
        rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list]}]
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web, namespace: shop}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web, namespace: shop}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          maxReplicas: 5
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]
        """

    /// kubectl sends the selector of a budget each time, since it is replaced and never merged; that changes nothing.
    private static func expectUnchanged(_ told: String) {
        let lines = told.split(separator: "\n")
        #expect(lines.count == 12)
        for line in lines where !line.hasPrefix("poddisruptionbudget") {
            #expect(line.hasSuffix(" unchanged"), "\(line)")
        }
    }

    @Test("a product is applied, and applied again without a change; diff, wait and explain know it")
    func product() async throws {
        try await TestAPI.with { api in
            let kubectl = try Kubectl(api)
            try await kubectl.ok("apply -f -", "deployment.apps/web created", input: Self.product)
            let again = try await kubectl.ok("apply -f -", input: Self.product)
            Self.expectUnchanged(again)
            let same = try await kubectl("diff -f -", input: Self.product)
            #expect(same.status == 0 && same.out.isEmpty, "\(same.out)\(same.err)")
            let changed = Self.product.replacing("nginx:1.25", with: "nginx:1.26")
            let diff = try await kubectl("diff -f -", input: changed)
            #expect(diff.status == 1 && diff.out.contains("nginx:1.26"), "\(diff.out)\(diff.err)")
            try await kubectl.ok("apply -f -", "deployment.apps/web configured", input: changed)
            try await kubectl.ok(
                "get deployment web -n shop -o jsonpath={.spec.template.spec.containers[0].env[*].name}", "A B")
            let dry = try await kubectl.ok(
                "apply --dry-run=server -f -", "deployment.apps/web configured (server dry run)", input: Self.product)
            #expect(dry.contains("configmap/settings unchanged (server dry run)"))
            let fewer = changed.replacing(", {name: B, value: \"2\"}", with: "")
            try await kubectl.ok("apply -f -", "deployment.apps/web configured", input: fewer)
            try await kubectl.ok(
                "get deployment web -n shop -o jsonpath={.spec.template.spec.containers[0].env[*].name}", "A")
            try await kubectl.fails(
                "apply -f -", "unknown field \"spec.replicaz\"",
                input: changed.replacing("replicas: 2", with: "replicaz: 2"))
            try await kubectl.ok("get all -n shop", "deployment.apps/web")
            try await kubectl.ok(
                "delete -f - --wait=true --timeout=40s --ignore-not-found", "namespace \"shop\" deleted",
                input: Self.product)
            try await kubectl.fails("get ns shop", "NotFound")
        }
    }

    @Test("on the server's side: conflicts are told, forced, and what is left out is pruned") func serverSide()
        async throws
    {
        try await TestAPI.with { api in
            let kubectl = try Kubectl(api)
            let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m, labels: {a: b}}\ndata: {k: v}\n"
            try await kubectl.ok("apply --server-side -f -", "configmap/m serverside-applied", input: map)
            try await kubectl.ok(
                "apply --server-side -f -", input: map.replacing("labels: {a: b}", with: "labels: {}"))
            try await kubectl.ok("get cm m -o jsonpath={.metadata.labels}", "")
            try await kubectl.fails(
                "apply --server-side --field-manager=b -f -", "conflict with \"kubectl\": .data.k",
                input: map.replacing("k: v", with: "k: w"))
            try await kubectl.ok(
                "apply --server-side --field-manager=b --force-conflicts -f -", "serverside-applied",
                input: map.replacing("k: v", with: "k: w"))
            try await kubectl.ok("get cm m -o yaml --show-managed-fields", "manager: b")
            let other = map.replacing("name: m", with: "name: c")
            try await kubectl.ok("apply -f -", "configmap/c created", input: other)
            try await kubectl.ok("apply --server-side -f -", "configmap/c serverside-applied", input: other)
            try await kubectl.ok(
                "apply --server-side -f -", "configmap/c serverside-applied",
                input: other.replacing("k: v", with: "k: x"))
            let managed = try await kubectl.ok("get cm c -o yaml --show-managed-fields")
            #expect(!managed.contains("kubectl-client-side-apply"), "\(managed)")
        }
    }

    @Test("objects are made by words, in protobuf where kubectl prefers it") func create() async throws {
        try await TestAPI.with { api in
            let kubectl = try Kubectl(api)
            for (line, told) in [
                ("create namespace made", "namespace/made created"),
                ("create configmap m --from-literal=a=b", "configmap/m created"),
                ("create secret generic s --from-literal=a=b", "secret/s created"),
                (
                    "create secret docker-registry r --docker-server=x --docker-username=u --docker-password=p",
                    "secret/r created"
                ),
                ("create serviceaccount sa", "serviceaccount/sa created"),
                ("create deployment d --image=nginx --replicas=2 --port=80", "deployment.apps/d created"),
                ("create job j --image=busybox", "job.batch/j created"),
                ("create cronjob cj --image=busybox --schedule=@hourly", "cronjob.batch/cj created"),
                ("create job j2 --from=cronjob/cj", "job.batch/j2 created"),
                ("create ingress i --rule=example.org/=d:80", "ingress.networking.k8s.io/i created"),
                ("create quota q --hard=pods=3", "resourcequota/q created"),
                ("create pdb p --selector=app=d --min-available=1", "poddisruptionbudget.policy/p created"),
                ("create priorityclass high --value=10", "priorityclass.scheduling.k8s.io/high created"),
                ("create role ro --verb=get --resource=pods", "role.rbac.authorization.k8s.io/ro created"),
                (
                    "create rolebinding rb --role=ro --serviceaccount=default:sa",
                    "rolebinding.rbac.authorization.k8s.io/rb created"
                ),
                (
                    "create clusterrole cr --verb=get --resource=nodes",
                    "clusterrole.rbac.authorization.k8s.io/cr created"
                ),
                (
                    "create clusterrolebinding crb --clusterrole=cr --user=u",
                    "clusterrolebinding.rbac.authorization.k8s.io/crb created"
                ),
                ("create service clusterip svc --tcp=80:8080", "service/svc created"),
                ("expose deployment d --port=80 --name=exposed", "service/exposed exposed"),
                ("run pod --image=nginx", "pod/pod created"),
            ] { try await kubectl.ok(line, told) }
            try await kubectl.fails("create configmap m", "configmaps \"m\" already exists")
            try await kubectl.ok("get cm m -o jsonpath={.data.a}", "b")
        }
    }

    @Test("objects are changed by words") func change() async throws {
        try await TestAPI.with { api in
            let kubectl = try Kubectl(api)
            try await kubectl.ok("create deployment d --image=nginx:1", "created")
            for (line, told) in [
                ("label deployment d tier=before", "labeled"), ("label deployment d tier=x --overwrite", "labeled"),
                ("annotate deployment d note=before", "annotated"), ("scale deployment d --replicas=3", "scaled"),
                ("set image deployment/d nginx=nginx:2", "image updated"), ("set env deployment/d A=b", "env updated"),
                ("set resources deployment/d --limits=cpu=200m", "resource requirements updated"),
                ("set serviceaccount deployment d sa", "serviceaccount updated"),
                ("rollout restart deployment/d", "restarted"), ("rollout pause deployment/d", "paused"),
                ("rollout resume deployment/d", "resumed"),
                ("patch deployment d -p {\"spec\":{\"replicas\":4}}", "patched"),
                ("patch deployment d --type=merge -p {\"spec\":{\"replicas\":5}}", "patched"),
                (
                    "patch deployment d --type=json -p [{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":6}]",
                    "patched"
                ),
                ("patch deployment d --subresource=status --type=merge -p {\"status\":{\"replicas\":6}}", "patched"),
                ("patch deployment d -p {\"spec\":{\"replicas\":6}}", "patched (no change)"),
                ("edit deployment d", "deployment.apps/d edited"),
                ("label deployment d tier-", "unlabeled"), ("autoscale deployment d --min=2 --max=4", "autoscaled"),
            ] { try await kubectl.ok(line, told) }
            try await kubectl.ok("get hpa d", "cpu: <unknown>/80%   2         4")
            try await kubectl.ok(
                "get horizontalpodautoscalers.v1.autoscaling d -o yaml", "targetCPUUtilizationPercentage: 80")
            try await kubectl.ok(
                "get deployment d -o jsonpath={.spec.replicas},{.status.replicas},{.metadata.annotations.note}",
                "6,6,after")
            let yaml = try await kubectl.ok("get deployment d -o yaml")
            try await kubectl.ok("replace -f -", "deployment.apps/d replaced", input: yaml)
            try await kubectl.fails(
                "replace -f -", "the object has been modified",
                input: yaml.replacing("resourceVersion: \"", with: "resourceVersion: \"1").replacing(
                    "replicas: 6", with: "replicas: 7"))
            try await kubectl.ok("replace --force -f -", "deployment.apps/d replaced", input: yaml)
            try await kubectl.fails("patch deployment d -p {\"spec\":{\"replicas\":\"x\"}}", "is invalid")
            try await kubectl.fails("get deployment none", "deployments.apps \"none\" not found")
        }
    }

    @Test("objects are read in every form") func read() async throws {
        try await TestAPI.withWidgets { api in
            let kubectl = try Kubectl(api)
            try await kubectl.ok("create deployment d --image=nginx:1", "created")
            try await kubectl.ok(
                "create -f -", "widget.example.org/w created", input: Make.widget("w", ["size": 3]).text())
            for (line, told) in [
                ("version", "Server Version: v1.32.0+sovereign"), ("api-versions", "example.org/v1"),
                ("api-resources -o wide", "widgets"),
                ("api-resources --verbs=list,get --namespaced -o name", "widgets.example.org"),
                ("get ns", "kube-system"), ("get deployments", "READY"), ("get wd", "3"), ("get wd -o wide", "COLOR"),
                ("get widget w -o name", "widget.example.org/w"), ("get widgets -A", "NAMESPACE"),
                ("get deploy,wd -l app=d", "deployment.apps/d"), ("get wd --field-selector spec.color=blue", "w"),
                ("get secrets --chunk-size=1", ""), ("get deploy d -o custom-columns=N:.metadata.name", "d"),
                ("get deploy --sort-by=.metadata.name", "d"), ("get cm -A -o json", "\"kind\": \"List\""),
                ("get --raw /readyz", "ok"), ("get --raw /api/v1/namespaces/default", "\"kind\":\"Namespace\""),
                ("explain widgets.spec", "color"), ("explain widgets --recursive", "tags"),
                ("explain deployment.spec.strategy", "rollingUpdate"),
                ("explain pod.spec.containers.env", "valueFrom"), ("events", ""), ("events --for deployment/d", ""),
                ("describe deployment d", "nginx:1"), ("describe widget w", "Size:"), ("describe ns default", "Active"),
                ("describe crd widgets.example.org", "NamesAccepted"), ("describe svc kubernetes", "10.43.0.1"),
                ("wait --for=create deployment/d --timeout=5s", ""),
                ("wait --for=jsonpath={.spec.size}=3 widget/w --timeout=5s", "condition met"),
                ("wait --for=condition=Established crd/widgets.example.org --timeout=5s", "condition met"),
                ("cluster-info", "Kubernetes control plane"), ("get events", ""), ("auth whoami", ""),
            ] where !(line.hasPrefix("wait --for=create") && InstalledKubectl.programs[32] == nil) {
                try await kubectl.ok(line, told)
            }
            let status: JSON = ["status": ["phase": "done"]]
            async let waiting = kubectl("wait --for=jsonpath={.status.phase}=done widget/w --timeout=30s")
            try api.must(try await api.patch("\(Path.widgets)/w/status", .merge, status))
            #expect(try await waiting.status == 0)
            let watched = try await kubectl("get wd -w --request-timeout=2s")
            #expect(watched.out.contains("w "), "\(watched.out)\(watched.err)")
        }
    }

    @Test("each kind is described") func describe() async throws {
        try await TestAPI.with { api in
            let kubectl = try Kubectl(api)
            try await kubectl.ok("apply -f -", "created", input: Self.product)
            for kind in [
                "configmap/settings", "secret/token", "sa/shop", "svc/web", "deploy/web", "sts/db", "ing/web",
                "cj/tidy", "role/reader", "pdb/web", "hpa/web",
            ] {
                try await kubectl.ok("describe -n shop \(kind)", "Name:")
            }
        }
    }

    @Test("deletions wait, cascade or leave orphans") func delete() async throws {
        try await TestAPI.with { api in
            let kubectl = try Kubectl(api)
            for policy in ["foreground", "orphan", "background"] {
                try await kubectl.ok("create configmap owner", "created")
                let owner = try await api.get("\(Path.maps)/owner")
                let child = GarbageCollectionTests.owned("child", by: [owner], blocks: true)
                try await kubectl.ok("create -f -", "created", input: child.text())
                try await kubectl.ok("delete cm owner --cascade=\(policy) --timeout=30s", "configmap \"owner\" deleted")
                if policy == "orphan" {
                    try await kubectl.ok("get cm child -o jsonpath={.metadata.ownerReferences}", "")
                    try await kubectl.ok("delete cm child", "deleted")
                } else {
                    #expect(try await api.eventually { try await api.isGone("\(Path.maps)/child") })
                }
            }
            try await kubectl.ok("create configmap l", "created")
            try await kubectl.ok("label cm l a=b", "labeled")
            try await kubectl.ok("delete cm -l a=b --dry-run=server", "deleted (server dry run)")
            try await kubectl.ok("delete cm -l a=b", "configmap \"l\" deleted")
            try await kubectl.fails("delete cm l", "configmaps \"l\" not found")
            try await kubectl.ok("delete cm l --ignore-not-found", "")
            try await kubectl.fails("delete ns default", "this namespace may not be deleted")
        }
    }

    @Test("every kubectl that is there does the daily things", arguments: InstalledKubectl.programs.keys.sorted())
    func versions(_ minor: Int) async throws {
        try await TestAPI.withWidgets { api in
            let kubectl = try Kubectl(api, InstalledKubectl.programs[minor])
            try await kubectl.ok("apply -f -", "deployment.apps/web created", input: Self.product)
            let again = try await kubectl.ok("apply -f -", input: Self.product)
            Self.expectUnchanged(again)
            try await kubectl.ok("apply -f -", "widget.example.org/w created", input: Make.widget("w").text())
            try await kubectl.ok(
                "apply -f -", "widget.example.org/w configured", input: Make.widget("w", ["size": 2]).text())
            try await kubectl.ok("apply --server-side -f -", "serverside-applied", input: Make.widget("v").text())
            try await kubectl.ok("create configmap m --from-literal=a=b", "created")
            try await kubectl.ok("get all -n shop", "deployment.apps/web")
            try await kubectl.ok("get wd", "SIZE")
            try await kubectl.ok("explain widgets.spec", "color")
            try await kubectl.ok("scale -n shop deployment web --replicas=4", "scaled")
            try await kubectl.ok("describe -n shop deployment web", "nginx:1.25")
            try await kubectl.ok("wait --for=jsonpath={.spec.size}=2 widget/w --timeout=5s", "condition met")
            try await kubectl.ok("delete ns shop --timeout=40s", "deleted")
        }
    }
}
