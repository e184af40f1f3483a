// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Documents
internal import Repositories

/// `ocm check [REPOSITORY…]`
struct Check: Command {
    static let configuration = CommandConfiguration(
        "check", abstract: "Check configuration, credentials and repositories, for support",
        examples: ["ocm check ghcr.io/acme ./transport-archive"])

    @Argument(help: "repositories to reach") var repositories: [RepositoryLocator] = []
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    private struct Finding {
        let what: String, isFine: Bool, detail: String
    }

    func run(in context: OCMContext) async throws {
        var findings = [
            Finding(
                what: "configuration", isFine: true,
                detail: context.configuration.entries.isEmpty
                    ? "no file; defaults are used"
                    : Set(context.configuration.entries.map(\.source)).sorted().joined(separator: ", "))
        ]
        let docker = DockerConfiguration.defaultPath(context.environment)
        findings.append(
            Finding(what: "docker configuration", isFine: true, detail: FileSystem.exists(docker) ? docker : "none"))
        for locator in repositories {
            do {
                let repository = try await context.connections.open(locator, .read)
                findings.append(Finding(what: "\(locator)", isFine: true, detail: try await Self.reach(repository)))
            } catch {
                findings.append(Finding(what: "\(locator)", isFine: false, detail: "\(error)"))
            }
        }
        let json = JSON.array(
            findings.map { ["check": .string($0.what), "ok": .bool($0.isFine), "detail": .string($0.detail)] })
        context.present(json, as: output) {
            findings.map { "\($0.isFine ? "ok    " : "FAILED") \($0.what): \($0.detail)" }.joined(separator: "\n")
        }
        let failed = findings.filter { !$0.isFine }.count
        if failed > 0 {
            throw Fault(.unavailable, "\(failed) of \(findings.count) checks failed", fix: "see the lines above")
        }
    }

    private static func reach(_ repository: any ComponentVersionRepository) async throws -> String {
        if let store = repository as? StoreRepository, case .registry = repository.locator.kind {
            try await store.ping()
            return "reachable, and the credentials are accepted"
        }
        return "\(try await repository.components().count) components"
    }
}
