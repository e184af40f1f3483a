// SPDX-License-Identifier: Apache-2.0

import Basics
import TestRegistry
import Testing
import Transfer
import WebClient

@Suite("An upload that is cut when the registry has some of the bytes") struct CutUploadTests {
    /// What the registry's session says afterwards, and what that costs.
    struct Row: Sendable, CustomTestStringConvertible {
        let session: [RegistryFault]
        /// Where the engine goes on, when that is not where the registry stands, and then begins anew.
        let resumed: Int?
        /// Whether another session is begun.
        let isNew: Bool
        let testDescription: String

        init(_ description: String, _ session: [RegistryFault] = [], resumed: Int? = nil, isNew: Bool = true) {
            (testDescription, self.session, self.resumed, self.isNew) = (description, session, resumed, isNew)
        }

        static func says(_ range: String?) -> [RegistryFault] {
            [RegistryFault(.uploadStatus, .field("Range", range), at: 1...1)]
        }
    }

    static let rows = [
        Row("says how much it has", isNew: false),
        Row("says it after a while", [RegistryFault(.uploadStatus, .status(503), at: 1...2)], isNew: false),
        Row("is not known any more", [RegistryFault(.uploadStatus, .lostSession, at: 1...1)]),
        Row("is refused, as by the distribution project", [RegistryFault(.uploadStatus, .status(416))]),
        Row("names fewer bytes than it has", Row.says("0-9999"), resumed: 10_000),
        Row("names one byte more", Row.says("0-4250000"), resumed: 4_250_001),
        Row("names all bytes", Row.says("0-4299999"), resumed: 4_300_000),
        Row("names more bytes than there are", Row.says("0-4300000")),
        Row("names none", Row.says("0-0")),
        Row("names no number", Row.says("soon")),
        Row("says nothing", Row.says(nil)),
    ]

    @Test(
        "goes on from what the session says, or starts over: no more bytes move than that costs, and the right ones stay",
        arguments: rows)
    func cut(row: Row) async throws {
        let registry = try HostileRegistry()
        registry.setFaults([RegistryFault(.patchUpload, .reset(.insideRequest), at: 1...1)] + row.session)
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        let counts = try await ResumedTransfer.upload(
            to: Direction.client(registry, settings), registry, isKnown: false)
        let (size, moved) = (ResumedTransfer.blob.count, moved(registry))
        let kept = try #require(moved.first)
        #expect(kept > 50_000 && kept < size / 2)
        let expected: [Int] =
            switch (row.isNew, row.resumed) {
            case (false, _): [kept, size - kept]
            case (true, .some(let offset)): [kept] + (offset < size ? [size - offset] : []) + [size]
            case (true, nil): [kept, size]
            }
        #expect(moved == expected)
        #expect(counts.lost == (row.isNew ? 1 : 0))
        #expect(registry.requests.count { $0.method == "POST" } == (row.isNew ? 2 : 1))
        #expect(registry.fired.allSatisfy { $0 > 0 })
    }

    @Test("of an earlier run, and cut again, moves what is missing and nothing twice") func cutTwice() async throws {
        let registry = try HostileRegistry()
        try await Direction.resumedUpload.prepare(registry)
        registry.setFaults([RegistryFault(.patchUpload, .hangUp(.insideRequest), at: 1...1)])
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        let counts = try await ResumedTransfer.upload(to: Direction.client(registry, settings), registry)
        #expect(counts.resumed == 1 && counts.bytes == Int64(ResumedTransfer.moved) && counts.lost == 0)
        #expect(moved(registry).count == 2)
        #expect(moved(registry).reduce(0, +) == ResumedTransfer.blob.count - ResumedTransfer.moved)
    }

    @Test("whose second piece is refused starts over, once") func refusedPiece() async throws {
        let registry = try HostileRegistry()
        registry.setFaults([
            RegistryFault(.patchUpload, .reset(.insideRequest), at: 1...1),
            RegistryFault(.patchUpload, .status(416), at: 2...2),
        ])
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        let counts = try await ResumedTransfer.upload(
            to: Direction.client(registry, settings), registry, isKnown: false)
        let moved = moved(registry), size = ResumedTransfer.blob.count
        #expect(moved.count == 3 && moved.reduce(0, +) == 2 * size && moved.last == size)
        #expect(counts.lost == 1)
    }

    /// How many bytes each piece had that reached the registry.
    private func moved(_ registry: HostileRegistry) -> [Int] {
        registry.requests.filter { $0.method == "PATCH" }.map(\.body.count)
    }
}
