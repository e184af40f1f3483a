// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents

/// What a table says of a pod: the state of its containers in one word and three numbers.
struct PodState {
    private(set) var reason: String
    private(set) var ready = 0
    private(set) var total: Int
    private(set) var restarts: Int64 = 0
    private(set) var lastRestart: Moment?

    init(_ pod: JSON) {
        let phase = pod.text("status", "phase")
        let podReason = pod.text("status", "reason")
        reason = podReason.isEmpty ? phase : podReason
        for condition in pod.items("status", "conditions") where condition.text("type") == "PodScheduled" {
            if condition.text("reason") == "SchedulingGated" { reason = "SchedulingGated" }
        }
        let first = pod.items("spec", "initContainers")
        // Containers that are started first and stay count like the others.
        let staying = Set(first.filter { $0.text("restartPolicy") == "Always" }.map { $0.text("name") })
        total = pod.items("spec", "containers").count + staying.count
        let isStarting = readInitContainers(pod, staying, count: first.count)
        if !isStarting || Condition.isTrue("Initialized", of: pod) { readContainers(pod, staying) }
        guard pod.at("metadata", "deletionTimestamp") != nil else { return }
        if podReason == "NodeLost" {
            reason = "Unknown"
        } else if phase != "Succeeded" && phase != "Failed" {
            reason = "Terminating"
        }
    }

    /// Says whether one of the containers that run first is not done.
    private mutating func readInitContainers(_ pod: JSON, _ staying: Set<String>, count: Int) -> Bool {
        for (index, status) in pod.items("status", "initContainerStatuses").enumerated() {
            let container = ContainerState(status)
            add(container)
            if container.exitCode == 0 { continue }
            if staying.contains(container.name) && status.flag("started") {
                if container.isReady { ready += 1 }
                continue
            }
            if let end = container.end {
                reason = "Init:\(end)"
            } else if !container.waiting.isEmpty && container.waiting != "PodInitializing" {
                reason = "Init:\(container.waiting)"
            } else {
                reason = "Init:\(index)/\(count)"
            }
            return true
        }
        return false
    }

    private mutating func readContainers(_ pod: JSON, _ staying: Set<String>) {
        (restarts, lastRestart) = (0, nil)
        for status in pod.items("status", "initContainerStatuses") where staying.contains(status.text("name")) {
            add(ContainerState(status))
        }
        var isRunning = false
        for status in pod.items("status", "containerStatuses").reversed() {
            let container = ContainerState(status)
            add(container)
            if !container.waiting.isEmpty {
                reason = container.waiting
            } else if let end = container.end {
                reason = end
            } else if container.isReady && status.at("state", "running") != nil {
                isRunning = true
                ready += 1
            }
        }
        guard reason == "Completed" && isRunning else { return }
        reason = Condition.isTrue("Ready", of: pod) ? "Running" : "NotReady"
    }

    private mutating func add(_ container: ContainerState) {
        restarts += container.restarts
        if let moment = container.lastEnd { lastRestart = max(lastRestart ?? moment, moment) }
    }
}

/// What is looked at of one container's status.
private struct ContainerState {
    let name: String
    let isReady: Bool
    let restarts: Int64
    /// Why it waits; empty when it does not.
    let waiting: String
    let exitCode: Int64?
    /// How it ended: a reason, `Signal:9` or `ExitCode:1`; nil when it has not.
    let end: String?
    /// When it last ended before its present state.
    let lastEnd: Moment?

    init(_ status: JSON) {
        (name, isReady, restarts) = (status.text("name"), status.flag("ready"), status.number("restartCount") ?? 0)
        waiting = status.text("state", "waiting", "reason")
        lastEnd = Moment(rfc3339: status.text("lastState", "terminated", "finishedAt"))
        guard let terminated = status.at("state", "terminated") else {
            (exitCode, end) = (nil, nil)
            return
        }
        let code = terminated.number("exitCode") ?? 0
        exitCode = code
        let signal = terminated.number("signal") ?? 0
        let reason = terminated.text("reason")
        end = !reason.isEmpty ? reason : signal != 0 ? "Signal:\(signal)" : "ExitCode:\(code)"
    }
}
