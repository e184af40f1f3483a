// SPDX-License-Identifier: Apache-2.0

public import Chronology
internal import Documents
public import Kubernetes

/// What came of one pass over an object: what it is now, and what its driver does next.
public struct ReconcilePass: Sendable {
    /// When the object is looked at again, beside when something changes.
    public enum Next: Hashable, Sendable {
        /// When something changes.
        case whenChanged
        /// At once: only the finalizers were added.
        case now
        /// After a while that is known.
        case after(Duration)
        /// After a while that grows with every failure.
        case withBackOff
    }

    /// What is told to people when the condition Ready has changed.
    public struct Event: Hashable, Sendable {
        /// Whether it is a warning.
        public let isWarning: Bool
        /// The reason of the condition.
        public let reason: String
        /// The message of the condition, and when it is looked at again.
        public let message: String

        /// An event.
        public init(isWarning: Bool, reason: String, message: String) {
            (self.isWarning, self.reason, self.message) = (isWarning, reason, message)
        }
    }

    /// The object with its new status, and with other finalizers where `changesFinalizers` says so.
    public let object: KubernetesObject
    /// What happens next.
    public let next: Next
    /// What to tell people; nil when there is nothing new.
    public let event: Event?
    /// Whether the metadata is to be written.
    public let changesFinalizers: Bool
    /// Whether the status is to be written.
    public let changesStatus: Bool
    /// How it ended; nil when only finalizers were added.
    public let result: Result<Outcome, ReconcileError>?
}

/// The annotation by which users ask for a reconciliation now, and where its value stands when it was heeded.
public enum ReconcileRequest {
    /// Any value other than the last asks once more.
    public static let annotation = "reconcile.fluxcd.io/requestedAt"
    /// The field of the status that holds the last value.
    public static let statusField = "lastHandledReconcileAt"
}

extension KubernetesObject {
    /// Whether a user asks for a reconciliation that has not happened yet.
    public var isReconciliationRequested: Bool {
        guard let asked = self[annotation: ReconcileRequest.annotation] else { return false }
        return asked != json["status"]?[ReconcileRequest.statusField]?.string
    }

    /// Whether a change of an object asks for a pass: its specification, its deletion, or a user's wish; changes of status,
    /// labels and other annotations do not.
    public func asksForReconciliation(since old: KubernetesObject) -> Bool {
        generation != old.generation || isBeingDeleted != old.isBeingDeleted || uid != old.uid
            || finalizers != old.finalizers
            || self[annotation: ReconcileRequest.annotation] != old[annotation: ReconcileRequest.annotation]
    }
}

extension Reconciler {
    /// One pass over an object, in the order that every kind keeps: deletion, finalizers, suspension, work.
    ///
    /// Nothing is written; see the result for what is to be written.
    public func pass(over given: KubernetesObject, at now: Moment) async -> ReconcilePass {
        if given.isBeingDeleted {
            guard given.finalizers.contains(where: { finalizers.contains($0) }) else {
                return end(given, given, .success(.released), now)
            }
            var view = Object(given)
            let result: Result<Outcome, ReconcileError>
            do throws(ReconcileError) { result = .success(try await release(&view)) } catch { result = .failure(error) }
            return end(given, view.object, result, now)
        }
        let missing = finalizers.filter { !given.finalizers.contains($0) }
        guard missing.isEmpty else {
            var object = given
            object.finalizers += missing
            return ReconcilePass(
                object: object, next: .now, event: nil, changesFinalizers: true, changesStatus: false, result: nil)
        }
        var object = given
        var view = Object(given)
        guard !view.isSuspended else { return end(given, given, .success(.suspended), now) }
        object.beginReconciliation(at: now)
        view.object = object
        let result: Result<Outcome, ReconcileError>
        do throws(ReconcileError) { result = .success(try await reconcile(&view)) } catch { result = .failure(error) }
        object = view.object
        if let asked = given[annotation: ReconcileRequest.annotation] {
            object[status: ReconcileRequest.statusField] = .string(asked)
        }
        return end(given, object, result, now)
    }

    private func end(
        _ before: KubernetesObject, _ object: KubernetesObject, _ result: Result<Outcome, ReconcileError>,
        _ now: Moment
    ) -> ReconcilePass {
        var object = object
        object.concludeReconciliation(result, at: now)
        let ready = object.condition(StatusCondition.ready), old = before.condition(StatusCondition.ready)
        var event: ReconcilePass.Event?
        if let ready, ready.state != .unknown,
            (ready.state, ready.reason, ready.message)
                != (old?.state ?? .unknown, old?.reason ?? "", old?.message ?? "")
        {
            event = ReconcilePass.Event(
                isWarning: ready.state == .no, reason: ready.reason, message: ready.message + result.outlook)
        }
        return ReconcilePass(
            object: object, next: result.next, event: event, changesFinalizers: object.finalizers != before.finalizers,
            changesStatus: object.json["status"] != before.json["status"], result: result)
    }
}

extension Result where Success == Outcome, Failure == ReconcileError {
    fileprivate var next: ReconcilePass.Next {
        switch self {
        case .success(.requeue(let delay, _)): .after(delay)
        case .success: .whenChanged
        case .failure(.waiting(_, _, let delay)), .failure(.progressing(_, _, let delay)),
            .failure(.stalled(_, _, let delay)):
            delay.map { .after($0) } ?? .whenChanged
        case .failure(.failed): .withBackOff
        }
    }

    fileprivate var outlook: String {
        guard case .success(.requeue(let delay, _)) = self else { return "" }
        return "; next look in \(TimeSpan(seconds: delay.components.seconds)?.goText ?? "\(delay)")"
    }
}
