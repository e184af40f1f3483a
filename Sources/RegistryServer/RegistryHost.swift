// SPDX-License-Identifier: Apache-2.0

public import AccessControl
public import Basics
public import Registry
internal import Web
public import WebServer

/// A registry that listens: the folder, who may do what, the API, and the server, started and stopped together.
public final class RegistryHost: Sendable {
    /// What it serves.
    public let registry: RegistryFolder
    private let server: HTTPServer
    /// The port it listens on.
    public var port: Int { server.port }
    /// How busy the server is.
    public var statistics: ServerStatistics { server.statistics }

    /// Opens the registry and begins to listen.
    ///
    /// - Parameter report: told of failures of the machine, whose details clients do not get.
    public init(
        _ registry: RegistryFolder, access: RegistryAccess, settings: ServerSettings,
        report: @escaping @Sendable (Fault) -> Void = { _ in }
    ) throws(Fault) {
        self.registry = registry
        var settings = settings
        settings.bodyBytes = registry.limits.blobBytes
        let service = RegistryService(registry, gate: RegistryGate(access, report: report))
        server = try HTTPServer(settings, immediate: { service.respondNow(to: $0) }) { request in
            await service.respond(to: request) ?? RegistryAnswer.error(404, code: "NOT_FOUND", "there is nothing here")
        }
    }

    /// Takes no more requests, lets those that run finish until the deadline, and closes the registry.
    public func stop(deadline: Duration = .seconds(10)) async {
        await server.stop(deadline: deadline)
        await registry.close()
    }
}
