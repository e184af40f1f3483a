// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import AccessControl

@Suite("Threads for passwords") struct HashWorkersTests {
    @Test("all work is done, so much at a time and no more")
    func bounded() async {
        let workers = HashWorkers(threads: 3, queue: 1000)
        let counts = Guarded((now: 0, most: 0))
        let results = await withTaskGroup(of: Bool?.self) { group in
            for number in 0..<300 {
                group.addTask {
                    await workers.run {
                        counts.withLock { counts in
                            counts.now += 1
                            counts.most = max(counts.most, counts.now)
                        }
                        counts.withLock { $0.now -= 1 }
                        return number.isMultiple(of: 2)
                    }
                }
            }
            var results: [Bool?] = []
            while let result = await group.next() { results.append(result) }
            return results
        }
        #expect(results.filter { $0 == true }.count == 150 && results.filter { $0 == false }.count == 150)
        #expect((1...3).contains(counts.withLock { $0.most }))
    }

    @Test("what finds no room is told so at once, and what waits is done")
    func full() async {
        let workers = HashWorkers(threads: 1, queue: 1)
        let gate = Semaphore(), hasStarted = Guarded(false)
        let first = Task {
            await workers.run {
                hasStarted.withLock { $0 = true }
                gate.wait()
                return true
            }
        }
        while !hasStarted.withLock({ $0 }) { await Task.yield() }
        let answers = Guarded<[Bool?]>([])
        let others = (0..<2).map { _ in
            Task {
                let answer = await workers.run { true }
                answers.withLock { $0.append(answer) }
            }
        }
        // One of the two finds the queue full, whichever comes second; the other waits for the gate.
        while answers.withLock({ $0.isEmpty }) { await Task.yield() }
        #expect(answers.withLock { $0 } == [nil])
        gate.signal()
        #expect(await first.value == true)
        for other in others { await other.value }
        #expect(answers.withLock { $0 } == [nil, true])
    }
}
