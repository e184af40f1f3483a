// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Telemetry
internal import Web
public import WebServer

/// What probes and Prometheus ask: `/healthz`, `/readyz`, `/metrics`.
public final class HealthServer: Sendable {
    private let server: HTTPServer

    /// Starts it.
    ///
    /// - Parameter isReady: whether the work goes on.
    public init(
        _ settings: ServerSettings, metrics: ControllerMetrics, isReady: @escaping @Sendable () -> Bool
    ) throws(Fault) {
        var router = Router()
        router.get("/healthz") { _ in ServerResponse("text/plain; charset=utf-8", "ok") }
        router.get("/readyz") { _ in
            isReady()
                ? ServerResponse("text/plain; charset=utf-8", "ok")
                : ServerResponse(status: 503, "text/plain; charset=utf-8", "not ready")
        }
        router.get("/metrics") { _ in
            ServerResponse(
                status: 200, headers: ["Content-Type": MetricRegistry.contentType], body: .bytes(await metrics.text()))
        }
        server = try HTTPServer(settings, router: router)
    }

    /// Where it listens.
    public var port: Int { server.port }

    /// Ends it.
    public func stop() async { await server.stop() }
}
