// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import Documents
import Kubernetes
import Reconciling
import Testing

/// A reconciler whose end is given.
private struct GivenEnd: Reconciler {
    var finalizers: [String] = []
    let end: @Sendable () throws(ReconcileError) -> Outcome

    func reconcile(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        object[status: "touched"] = true
        return try end()
    }
}

@Suite("Passes and what they write into the status") struct StatusTests {
    static let now = Moment(seconds: 1_767_225_600)!
    static let later = Moment(seconds: 1_767_229_200)!
    static let fault = Fault(.unavailable, "the other side is away", fix: "wait")

    static func object(generation: Int64 = 1) -> KubernetesObject {
        var object = KubernetesObject(GroupVersionKind("demo.example", "v1", "Thing"), namespace: "a", name: "b")
        object.generation = generation
        object.json["spec"] = [:]
        return object
    }

    private static func summary(_ object: KubernetesObject) -> String {
        let conditions = object.conditions.sorted { $0.type < $1.type }.map {
            "\($0.type)=\($0.state.rawValue)/\($0.reason)/\($0.observedGeneration ?? 0)"
        }
        return (conditions + ["observed=\(object.observedGeneration.map(String.init) ?? "-")"]).joined(separator: " ")
    }

    /// Each end of a pass over an object of generation 2 that was ready in generation 1.
    static let ends: [(Result<Outcome, ReconcileError>, String, ReconcilePass.Next)] = [
        (.success(.done("all well")), "Ready=True/Succeeded/2 observed=2", .whenChanged),
        (
            .success(.requeue(after: .seconds(600), "all well")), "Ready=True/Succeeded/2 observed=2",
            .after(.seconds(600))
        ),
        (
            .failure(.waiting("not yet", reason: "NotThere", retryAfter: nil)),
            "Ready=False/NotThere/2 Reconciling=True/NotThere/2 observed=1", .whenChanged
        ),
        (
            .failure(.waiting("not yet", reason: "NotThere", retryAfter: .seconds(5))),
            "Ready=False/NotThere/2 Reconciling=True/NotThere/2 observed=1", .after(.seconds(5))
        ),
        (
            .failure(.progressing("reading", reason: "Reading", retryAfter: .seconds(5))),
            "Ready=Unknown/Reading/2 Reconciling=True/Reading/2 observed=1", .after(.seconds(5))
        ),
        (
            .failure(.failed(fault, reason: "Failed")),
            "Ready=False/Failed/2 Reconciling=True/ProgressingWithRetry/2 observed=1", .withBackOff
        ),
        (
            .failure(.stalled(fault, reason: "Wrong")),
            "Ready=False/Wrong/2 Stalled=True/Wrong/2 observed=2", .whenChanged
        ),
        (
            .failure(.stalled(fault, reason: "Wrong", retryAfter: .seconds(60))),
            "Ready=False/Wrong/2 Stalled=True/Wrong/2 observed=2", .after(.seconds(60))
        ),
    ]

    @Test(
        "Each end has its conditions, and moves observedGeneration only when the generation was brought to an end",
        arguments: Self.ends.indices)
    func endOfPass(_ index: Int) async {
        let (end, wanted, next) = Self.ends[index]
        let first = await GivenEnd(end: { .done("ready") }).pass(over: Self.object(), at: Self.now)
        #expect(Self.summary(first.object) == "Ready=True/Succeeded/1 observed=1")
        var object = first.object
        object.generation = 2
        let pass = await GivenEnd(end: { () throws(ReconcileError) in try end.get() }).pass(
            over: object, at: Self.later)
        #expect(Self.summary(pass.object) == wanted)
        #expect(pass.next == next)
        #expect(pass.changesStatus)
        // A second pass with the same end changes nothing, so nothing is written.
        let again = await GivenEnd(end: { () throws(ReconcileError) in try end.get() }).pass(
            over: pass.object, at: Self.now)
        #expect(!again.changesStatus)
        #expect(again.event == nil)
    }

    @Test("What was ready stays ready while the same generation is read again, and fails when it fails")
    func sameGeneration() async {
        let ready = await GivenEnd(end: { .done("ready") }).pass(over: Self.object(), at: Self.now).object
        let reading = await GivenEnd(end: { () throws(ReconcileError) in
            throw .progressing("reading", reason: "Reading", retryAfter: nil)
        }).pass(over: ready, at: Self.later).object
        #expect(Self.summary(reading) == "Ready=True/Succeeded/1 Reconciling=True/Reading/1 observed=1")
        #expect(reading.isReady)
        let failed = await GivenEnd(end: { () throws(ReconcileError) in throw .failed(Self.fault, reason: "Gone") })
            .pass(over: reading, at: Self.later).object
        #expect(Self.summary(failed) == "Ready=False/Gone/1 Reconciling=True/ProgressingWithRetry/1 observed=1")
        #expect(failed.condition("Ready")?.message == "the other side is away; wait")
        #expect(failed.condition("Ready")?.lastTransition == Self.later)
    }

    @Test("A suspended object keeps the status it had, also of an older generation, and is ready if it was")
    func suspended() async {
        var object = await GivenEnd(end: { .done("ready") }).pass(over: Self.object(), at: Self.now).object
        object.generation = 2
        #expect(!object.isReady)
        object.json["spec"] = ["suspend": true]
        let pass = await GivenEnd(end: { .done("never") }).pass(over: object, at: Self.later)
        #expect(pass.object == object)
        #expect(!pass.changesStatus)
        #expect(object.observedGeneration == 1)
        #expect(object.isReady)
    }

    @Test("Finalizers come first and alone; a suspended object that is deleted is released")
    func order() async {
        let reconciler = GivenEnd(finalizers: ["demo.example/a"], end: { .done("ready") })
        let first = await reconciler.pass(over: Self.object(), at: Self.now)
        #expect(first.changesFinalizers)
        #expect(first.object.finalizers == ["demo.example/a"])
        #expect(first.next == .now)
        #expect(first.object.json["status"] == nil)
        var deleted = first.object
        deleted.json["spec"] = ["suspend": true]
        deleted[metadata: "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        deleted.finalizers.append("someone.else/b")
        let last = await reconciler.pass(over: deleted, at: Self.now)
        #expect(last.object.finalizers == ["someone.else/b"])
        #expect(last.changesFinalizers)
        #expect(last.object.json["status"] == nil)
    }

    @Test("Events are told when Ready has changed, with the time of the next look")
    func events() async {
        let pass = await GivenEnd(end: { .requeue(after: .seconds(90), "all well") }).pass(
            over: Self.object(), at: Self.now)
        #expect(
            pass.event
                == ReconcilePass.Event(isWarning: false, reason: "Succeeded", message: "all well; next look in 1m30s"))
        let failed = await GivenEnd(end: { () throws(ReconcileError) in throw .failed(Self.fault, reason: "Gone") })
            .pass(over: pass.object, at: Self.now)
        #expect(failed.event?.isWarning == true)
        #expect(failed.event?.reason == "Gone")
    }

    @Test("A wish to reconcile is noted when it was heeded; other annotations ask for nothing")
    func wishes() async {
        var object = await GivenEnd(end: { .done("ready") }).pass(over: Self.object(), at: Self.now).object
        let before = object
        object[annotation: "other"] = "x"
        #expect(!object.asksForReconciliation(since: before))
        object[annotation: "reconcile.fluxcd.io/requestedAt"] = "now"
        #expect(object.asksForReconciliation(since: before))
        #expect(object.isReconciliationRequested)
        object = await GivenEnd(end: { .done("ready") }).pass(over: object, at: Self.now).object
        #expect(!object.isReconciliationRequested)
        #expect(object.json["status"]?["lastHandledReconcileAt"] == "now")
    }
}
