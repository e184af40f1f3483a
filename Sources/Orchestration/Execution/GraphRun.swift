// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Documents

/// What is known while a graph runs: who waits for whom, what can run, and what was yielded and is still read.
struct GraphRun {
    private let nodes: [OrchestrationGraph.Node]
    private let settings: ExecutionSettings
    private let environment: Value
    private let places: [String: Int]
    /// Who reads a node.
    private let readers: [[Int]]
    /// For how many others a node waits.
    private var waits: [Int]
    /// How many readers a node still has.
    private var unread: [Int]
    private var ready = WorkQueue()
    private var values: [Int: Value] = [:]
    private var weights: [Int: Int64] = [:]
    private var outcomes: [Int: GraphExecutor.Outcome] = [:]
    private var running: [Int: Task<GraphExecutor.Outcome, Never>] = [:]

    init(_ graph: OrchestrationGraph, _ settings: ExecutionSettings) {
        (nodes, self.settings, environment) = (graph.nodes, settings, Value(graph.environment))
        places = Dictionary(nodes.enumerated().map { ($1.operation.id, $0) }) { first, _ in first }
        var readers = [[Int]](repeating: [], count: nodes.count)
        for (index, node) in nodes.enumerated() {
            for id in node.dependencies { places[id].map { readers[$0].append(index) } }
        }
        self.readers = readers
        waits = nodes.map(\.dependencies.count)
        unread = readers.map(\.count)
        for index in nodes.indices where waits[index] == 0 { enqueue(index) }
    }

    /// The operation to run next; nil when none can run now.
    mutating func next() -> Int? {
        while let index = ready.pop() {
            guard outcomes[index] == nil else { continue }
            // What only operations read that were given up need not run.
            if let first = readers[index].first, nodes[index].type.role != .placesContent,
                readers[index].allSatisfy({ outcomes[$0] != nil })
            {
                skip(index, since: first)
                continue
            }
            return index
        }
        return nil
    }

    /// Notes that an operation runs.
    mutating func begin(_ index: Int, _ task: Task<GraphExecutor.Outcome, Never>) { running[index] = task }

    /// What the properties of an operation can read.
    func variables(for index: Int) -> Variables {
        var variables: [String: Value] = ["environment": environment]
        for id in nodes[index].dependencies { variables[id] = places[id].flatMap { values[$0] } }
        return Variables(variables)
    }

    /// Notes an outcome; whatever waited only for this can run now, or never will.
    mutating func finish(_ index: Int, _ outcome: GraphExecutor.Outcome) {
        running[index] = nil
        // It may have been given up meanwhile.
        guard outcomes[index] == nil else { return }
        guard case .finished(let properties, let outputs) = outcome else { return lose(index, outcome) }
        outcomes[index] = settings.keepsOutputs ? outcome : .finished(properties: .null, outputs: .null)
        if unread[index] > 0 {
            var members = outputs.object ?? [:]
            members["spec"] = properties
            members["outputs"] = outputs
            members["output"] = outputs
            values[index] = Value(.object(members))
            weights[index] = settings.weigh(outputs)
        }
        for reader in readers[index] {
            waits[reader] -= 1
            if waits[reader] == 0 && outcomes[reader] == nil { enqueue(reader) }
        }
        letGo(of: index)
    }

    /// What became of the operations, in the order of the graph.
    var reports: [OperationReport] {
        nodes.enumerated().compactMap { index, node in
            outcomes[index].map { OperationReport(id: node.operation.id, outcome: $0) }
        }
    }

    private mutating func enqueue(_ index: Int) {
        let known = nodes[index].dependencies.compactMap { places[$0].flatMap { weights[$0] } }
        ready.push(index, weight: settings.weights[nodes[index].operation.id] ?? known.reduce(0, +))
    }

    /// Forgets what nobody reads any more.
    private mutating func letGo(of index: Int) {
        for id in nodes[index].dependencies {
            guard let place = places[id] else { continue }
            unread[place] -= 1
            if unread[place] == 0 {
                values[place] = nil
                weights[place] = nil
            }
        }
    }

    /// Gives an operation up, and with it all that wait for it, and the group that it belongs to.
    private mutating func lose(_ index: Int, _ outcome: GraphExecutor.Outcome) {
        outcomes[index] = outcome
        letGo(of: index)
        var lost = [index]
        while let index = lost.popLast() {
            for reader in readers[index] where outcomes[reader] == nil {
                skip(reader, since: index)
                lost.append(reader)
            }
            guard let group = nodes[index].group else { continue }
            for other in nodes.indices where nodes[other].group == group && outcomes[other] == nil {
                running[other]?.cancel()
                skip(other, since: index)
                lost.append(other)
            }
        }
    }

    private mutating func skip(_ index: Int, since other: Int) {
        let id = nodes[other].operation.id
        outcomes[index] = .skipped(waitingFor: id)
        settings.observe(.skipped(id: nodes[index].operation.id, waitingFor: id))
        letGo(of: index)
    }
}

/// Work that can be done, the largest first; of equal work, what was described first.
struct WorkQueue {
    private var heap: [(index: Int, weight: Int64)] = []

    private func isBefore(_ a: Int, _ b: Int) -> Bool {
        (heap[a].weight, heap[b].index) > (heap[b].weight, heap[a].index)
    }

    mutating func push(_ index: Int, weight: Int64) {
        heap.append((index, weight))
        var place = heap.count - 1
        while place > 0, isBefore(place, (place - 1) / 2) {
            heap.swapAt(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
    }

    mutating func pop() -> Int? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first.index }
        heap[0] = last
        var place = 0
        while true {
            let left = 2 * place + 1, right = left + 1
            var next = place
            if left < heap.count, isBefore(left, next) { next = left }
            if right < heap.count, isBefore(right, next) { next = right }
            guard next != place else { return first.index }
            heap.swapAt(place, next)
            place = next
        }
    }
}
