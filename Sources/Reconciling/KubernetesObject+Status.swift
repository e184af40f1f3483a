// SPDX-License-Identifier: Apache-2.0

public import Chronology
public import Documents
public import Kubernetes

/// Types of conditions that every kind has, as kstatus reads them.
public enum StatusCondition {
    /// It is as it is wanted.
    public static let ready = "Ready"
    /// Work goes on, or waits to be tried again.
    public static let reconciling = "Reconciling"
    /// It cannot go on by itself.
    public static let stalled = "Stalled"
}

/// Reasons that belong to no kind.
public enum StatusReason {
    /// All is as it is wanted.
    public static let succeeded = "Succeeded"
    /// A new generation is being worked on.
    public static let progressing = "Progressing"
    /// It failed and is tried again.
    public static let progressingWithRetry = "ProgressingWithRetry"
}

extension KubernetesObject {
    /// `status.observedGeneration`: the last generation that was brought to an end, well or stalled.
    public var observedGeneration: Int64? {
        get { json["status"]?["observedGeneration"]?.int }
        set { self[status: "observedGeneration"] = newValue.map { .number(JSONNumber($0)) } }
    }

    /// A field of the status; setting nil removes it.
    public subscript(status key: String) -> JSON? {
        get { json["status"]?[key] }
        set {
            guard newValue != nil || json["status"] != nil else { return }
            var status = json["status"] ?? .object(JSONObject())
            json["status"] = .some(.null)
            status[key] = newValue
            json["status"] = status
        }
    }

    /// Takes a condition away. Says whether there was one.
    @discardableResult public mutating func removeCondition(_ type: String) -> Bool {
        guard let list = json["status"]?["conditions"]?.array, list.contains(where: { $0["type"]?.string == type })
        else { return false }
        self[status: "conditions"] = .array(list.filter { $0["type"]?.string != type })
        return true
    }

    /// The generation that the condition Ready is about.
    private var judgedGeneration: Int64? { condition(StatusCondition.ready)?.observedGeneration ?? observedGeneration }

    /// Whether the condition Ready is true of what the specification says now.
    ///
    /// A suspended object is judged by what it was when it was suspended: it stays as it is.
    public var isReady: Bool {
        isTrue(StatusCondition.ready) && (judgedGeneration == generation || isSuspended)
    }

    /// Notes that a generation is worked on that was not worked on before: what was known of the one before is known no
    /// longer. Does nothing for one that was.
    public mutating func beginReconciliation(at now: Moment) {
        guard condition(StatusCondition.ready) == nil || judgedGeneration != generation else { return }
        let text = "generation \(generation) is being reconciled"
        mark(StatusCondition.ready, .unknown, StatusReason.progressing, text, now)
        mark(StatusCondition.reconciling, .yes, StatusReason.progressing, text, now)
        removeCondition(StatusCondition.stalled)
    }

    /// Writes what came of a reconciliation into the conditions.
    ///
    /// | end | Ready | Reconciling | Stalled | observedGeneration |
    /// |---|---|---|---|---|
    /// | done, requeue | True | – | – | this |
    /// | waiting | False | True | – | as it was |
    /// | progressing | as it was | True | – | as it was |
    /// | failed | False | True, ProgressingWithRetry | – | as it was |
    /// | stalled | False | – | True | this |
    /// | suspended, released | nothing changes ||||
    public mutating func concludeReconciliation(_ result: Result<Outcome, ReconcileError>, at now: Moment) {
        switch result {
        case .success(.suspended), .success(.released): return
        case .success(.done(let text)), .success(.requeue(_, let text)):
            mark(StatusCondition.ready, .yes, StatusReason.succeeded, text, now)
            removeCondition(StatusCondition.reconciling)
            removeCondition(StatusCondition.stalled)
            observedGeneration = generation
        case .failure(let error):
            let text = String(error.message.prefix(Self.longestMessage))
            switch error {
            case .waiting:
                mark(StatusCondition.ready, .no, error.reason, text, now)
                mark(StatusCondition.reconciling, .yes, error.reason, text, now)
                removeCondition(StatusCondition.stalled)
            case .progressing:
                mark(StatusCondition.reconciling, .yes, error.reason, text, now)
                removeCondition(StatusCondition.stalled)
                if condition(StatusCondition.ready)?.state != .yes {
                    mark(StatusCondition.ready, .unknown, error.reason, text, now)
                }
            case .failed:
                mark(StatusCondition.ready, .no, error.reason, text, now)
                mark(StatusCondition.reconciling, .yes, StatusReason.progressingWithRetry, text, now)
                removeCondition(StatusCondition.stalled)
            case .stalled:
                mark(StatusCondition.ready, .no, error.reason, text, now)
                mark(StatusCondition.stalled, .yes, error.reason, text, now)
                removeCondition(StatusCondition.reconciling)
                observedGeneration = generation
            }
        }
    }

    /// The most characters of a condition's message, far below the 32768 of Kubernetes: people read it.
    static let longestMessage = 4000

    private mutating func mark(
        _ type: String, _ state: Condition.State, _ reason: String, _ message: String, _ now: Moment
    ) {
        set(Condition(type, state, reason: reason, message, observedGeneration: generation), at: now)
    }
}
