// SPDX-License-Identifier: Apache-2.0

import Documents
import KubernetesKinds
import Testing

@Suite("Other forms of objects")
struct FormTests {
    @Test("an event has two forms, and none of it is lost between them")
    func convertsEvents() {
        let core: JSON = [
            "apiVersion": "v1", "kind": "Event", "metadata": ["name": "e"], "involvedObject": ["kind": "Pod"],
            "message": "m", "source": ["component": "c"], "count": 2, "firstTimestamp": "2026-01-01T00:00:00Z",
            "lastTimestamp": "2026-01-01T00:00:01Z", "reportingComponent": "r", "reason": "R", "type": "Normal",
        ]
        let other: JSON = [
            "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": ["name": "e"], "regarding": ["kind": "Pod"],
            "note": "m", "deprecatedSource": ["component": "c"], "deprecatedCount": 2,
            "deprecatedFirstTimestamp": "2026-01-01T00:00:00Z", "deprecatedLastTimestamp": "2026-01-01T00:00:01Z",
            "reportingController": "r", "reason": "R", "type": "Normal",
        ]
        #expect(EventForms.events(core) == other)
        #expect(EventForms.core(other) == core)
        #expect(EventForms.core(core) == core)
    }

    @Test("the scale of a workload says what it wants, has, and how its pods are found")
    func scales() {
        let deployment: JSON = [
            "metadata": ["name": "d", "namespace": "n", "labels": ["a": "b"], "resourceVersion": "7"],
            "spec": ["replicas": 3, "selector": ["matchLabels": ["b": "2", "a": "1"]]], "status": ["replicas": 2],
        ]
        let scale: JSON = [
            "kind": "Scale", "apiVersion": "autoscaling/v1",
            "metadata": ["name": "d", "namespace": "n", "resourceVersion": "7"], "spec": ["replicas": 3],
            "status": ["replicas": 2, "selector": "a=1,b=2"],
        ]
        #expect(WorkloadScale.scale(of: deployment) == scale)
        let smaller = WorkloadScale.applied(["spec": ["replicas": 1]], to: deployment)
        #expect(smaller["spec"]?["replicas"] == 1)
        #expect(WorkloadScale.applied(["spec": [:]], to: deployment)["spec"]?["replicas"] == 0)
        let controller: JSON = ["spec": ["selector": ["a": "1"]]]
        #expect(WorkloadScale.scale(of: controller)["status"]?["selector"] == "a=1")
    }
}
