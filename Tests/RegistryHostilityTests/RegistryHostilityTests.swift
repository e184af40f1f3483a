// SPDX-License-Identifier: Apache-2.0

import Basics
import TestRegistry
import Testing

@Suite("Whatever a registry does, the engine ends right or with a clear failure") struct RegistryHostilityTests {
    /// Every row ends; this is far above what the slowest takes on a busy machine.
    private static let deadline = Duration.seconds(60)
    /// The most that an endless answer gets rid of: the largest page that is read, and what sockets of both sides hold.
    private static let mostBytes = 64 << 20

    /// The rows of one stage of one direction.
    struct Group: Sendable, CustomTestStringConvertible {
        let direction: Direction, stage: RegistryStage
        var rows: [HostileRow] { HostileTable.rows(direction).filter { $0.fault.stage == stage } }
        var testDescription: String { "\(direction), \(stage)" }
    }
    static let groups = Direction.allCases.flatMap { direction in
        direction.stages.map { Group(direction: direction, stage: $0) }
    }.filter { !$0.rows.isEmpty }

    @Test("every behaviour at every stage, once, for a while and for ever", arguments: groups)
    func table(group: Group) async throws {
        for row in group.rows {
            guard let outcome = try await watched(Self.deadline, { try await row.run() }) else {
                Issue.record("\(row): has not ended")
                continue
            }
            for problem in problems(row, outcome) { Issue.record("\(row): \(problem)") }
        }
    }

    @Test("the table is as large as it should be") func size() {
        #expect(Self.groups.count > 34 && Self.groups.reduce(0) { $0 + $1.rows.count } > 5600)
    }

    /// What is wrong with how a row has ended.
    private func problems(_ row: HostileRow, _ outcome: HostileRow.Outcome) -> [String] {
        var found: [String] = []
        let said = outcome.fault.map { "\($0.code): \($0)" } ?? "right"
        if !row.verdict.accepts(outcome.fault) { found.append("should be \(row.verdict), was \(said)") }
        if outcome.fired == 0 { found.append("the fault was never met") }
        if !outcome.leaks.isEmpty { found.append("leaked: \(outcome.leaks)") }
        if outcome.sentBytes > Self.mostBytes { found.append("took \(outcome.sentBytes) bytes") }
        if let fault = outcome.fault {
            if !["127.0.0.1:\(outcome.port)", "localhost:\(outcome.port)"].contains(where: fault.description.contains) {
                found.append("does not name the registry: \(said)")
            }
            if fault.description.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                found.append("speaks to the terminal: \(said.debugDescription)")
            }
            // What was stored while every answer was lost is there, and whole.
            let isAllowed = outcome.visible == .nothing || (outcome.visible == .whole && row.losesAnswers)
            if !isAllowed { found.append("\(outcome.visible) of it visible though \(said)") }
        }
        return found
    }
}
