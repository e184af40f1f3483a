// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELLibraries
import Documents
import Glibc
import TestInputs

// Measures each hostile expression in a process of its own, so that peaks of memory do not mix. With a number as its
// argument it is such a process.

/// What every row may take: milliseconds of the processor, and MiB beyond what the program takes without it.
let most = (time: 100.0, memory: 64.0)

func processorTime() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1_000_000
}

/// The most memory so far, in MiB.
func peakMemory() throws -> Double {
    let status = String(decoding: try FileSystem.read("/proc/self/status", limit: 65_536), as: UTF8.self)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
}

/// Runs one expression; says how it ended. Evaluation has to do with a stack as small as that of a thread of the
/// concurrency pool on other systems.
func run(_ row: HostileExpression, in environment: CEL.Environment, _ variables: Variables) -> String {
    nonisolated(unsafe) var end = ""
    do {
        let program = try row.isChecked ? environment.compile(row.text) : environment.compileUnchecked(row.text)
        onSmallStack(512 << 10) { unsafe end = evaluate(program, variables) }
        return unsafe end
    } catch {
        return "refused: \(error.problems[0].message.prefix(90))"
    }
}

func evaluate(_ program: Program, _ variables: Variables) -> String {
    var budget = Budget()
    do {
        let value = try program.evaluate(variables, &budget)
        return "\(budget.spent) steps, value of \(value.literalText.utf8.count) bytes"
    } catch {
        return "\(budget.spent) steps, \(error.description.split(separator: "\n").first?.prefix(90) ?? "")"
    }
}

let rows = HostileExpression.all + HostileExpression.deepest
if let argument = CommandLine.arguments.dropFirst().first, let index = Int(argument) {
    let row = rows[index]
    let object = JSONObject((0..<1000).map { ("key\($0)", JSON.null) })
    let environment = try Profile.named(row.profile).environment(
        variables: ["x": .dyn, "m": .map(.string, .dyn), "n": .dyn])
    let variables: Variables = ["x": 1, "m": .map(MapValue(object)), "n": .map(MapValue(object))]
    _ = run(HostileExpression.deepest[0], in: environment, variables)
    let memory = try peakMemory(), start = processorTime()
    let end = run(row, in: environment, variables)
    let time = processorTime() - start
    print("\(time) \(max(0, try peakMemory() - memory)) \(end)")
    exit(0)
}

var failed = 0
for (index, row) in rows.enumerated() {
    let result = try? await ChildProcess.run(
        ["/proc/self/exe", "\(index)"], environment: .process, deadline: .seconds(10), outputLimit: 1 << 20)
    let parts = String(decoding: result?.stdout ?? [], as: UTF8.self).split(separator: " ", maxSplits: 2)
    guard result?.status == 0, parts.count == 3, let time = Double(parts[0]), let memory = Double(parts[1]) else {
        failed += 1
        print("LOST  \(row.name): \(result.map { "ended with \($0.status)" } ?? "did not end within 10 seconds")")
        continue
    }
    let isFine = time <= most.time && memory <= most.memory
    if !isFine { failed += 1 }
    let figures = "\(Int(time.rounded())) ms  \(Int(memory.rounded())) MiB"
    print("\(isFine ? "ok  " : "OVER")  \(figures)  \(row.name): \(parts[2])", terminator: "")
}
print("\(rows.count) rows, \(failed) over \(Int(most.time)) ms or \(Int(most.memory)) MiB")
exit(failed == 0 ? 0 : 1)
