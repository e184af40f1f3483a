// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Registry
internal import RegistryRules
internal import RegistryServer

/// Does what an operator asks of a registry: here, or in the process that serves it.
enum RegistryOperator {
    /// Returns the report.
    ///
    /// - Parameters:
    ///   - limits: those of a registry that nobody serves.
    ///   - signatures: the rules for a registry that nobody serves; the process that serves one has its own.
    ///   - each: told of every part that the registry tells on its way.
    static func run(
        _ request: OperatorRequest, on root: String, _ terminal: Terminal, limits: RegistryLimits = RegistryLimits(),
        signatures: (RegistryFolder) throws -> SignatureGuard? = { _ in nil },
        each: (@Sendable (JSON) -> Void)? = nil
    ) async throws -> JSON {
        guard FileSystem.isFolder("\(root)/records") else {
            throw Fault(.notFound, "there is no registry in \(root)", fix: "name the folder that it is served from")
        }
        let shown = Guarded(ContinuousClock.now)
        let show: @Sendable (JSON) -> Void = { report in
            if let each { return each(report) }
            let isDue = shown.withLock { last in
                guard terminal.isTTY, .now - last > .seconds(1) else { return false }
                last = .now
                return true
            }
            if isDue { terminal.note(String(decoding: report.encoded(), as: UTF8.self)) }
        }
        if let report = try await OperatorSocket.ask(request, of: root, progress: show) { return report }
        let registry = try RegistryFolder(root, limits: limits)
        do {
            let report = try await request.run(on: registry, signatures: signatures(registry), progress: show)
            await registry.close()
            return report
        } catch {
            await registry.close()
            throw error
        }
    }

    /// `3 (12 MiB)`.
    static func count(_ report: JSON, _ key: String) -> String {
        let (count, bytes) = (report[key]?["count"]?.int ?? 0, report[key]?["bytes"]?.int)
        return bytes.map { "\(count) (\(ByteCount($0)))" } ?? "\(count)"
    }
}
