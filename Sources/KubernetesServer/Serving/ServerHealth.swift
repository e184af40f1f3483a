// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import KubernetesStore
internal import Telemetry
internal import Web
internal import WebServer

/// Whether the server can do its work, in the form of kube-apiserver's health endpoints
/// (https://kubernetes.io/docs/reference/using-api/health-checks/).
///
/// `/livez` says whether a new start could help, `/readyz` and `/healthz` whether requests are served. Each answers `ok`, or
/// 500 when a check fails; `?verbose` and every failure name the checks, `?exclude=NAME` leaves one out, and `/readyz/NAME`
/// asks one alone. Whoever asks has no credentials, so what is wrong stands in the log alone.
struct ServerHealth: Sendable {
    let store: ObjectStore
    /// Nil when no records of requests are kept.
    let audit: AuditLog?
    let log: Log

    private static let endpoints = [
        "livez": ["ping"], "readyz": ["ping", "storage", "audit"], "healthz": ["ping", "storage", "audit"],
    ]

    /// The answer; nil when the path is another one.
    func answer(_ parts: [String], _ request: ServerRequest) -> ServerResponse? {
        guard request.method == .get || request.method == .head, let endpoint = parts.first, parts.count <= 2,
            var checks = Self.endpoints[endpoint]
        else { return nil }
        if audit == nil { checks.removeAll { $0 == "audit" } }
        if parts.count == 2 {
            guard checks.contains(parts[1]) else { return nil }
            checks = [parts[1]]
        }
        let excluded = Set(request.query.values(for: "exclude"))
        var lines = "", isWell = true
        for check in checks {
            if excluded.contains(check) {
                lines += "[+]\(check) excluded: ok\n"
            } else if let fault = problem(of: check) {
                isWell = false
                lines += "[-]\(check) failed: reason withheld\n"
                log.error("the check \(check) of \(endpoint) failed", fault)
            } else {
                lines += "[+]\(check) ok\n"
            }
        }
        lines += "\(endpoint) check \(isWell ? "passed" : "failed")\n"
        let isVerbose = !isWell || request.query["verbose"] != nil
        let text = isVerbose ? lines : "ok"
        return ServerResponse(status: isWell ? 200 : 500, "text/plain; charset=utf-8", text)
    }

    private func problem(of check: String) -> Fault? {
        switch check {
        case "storage": do throws(Fault) { try store.check() } catch { return error }
        // It still answers, but not everything: those who choose where to send changes should know.
        case "audit" where audit?.isBroken == true:
            return Fault(.unavailable, "records of requests cannot be written, so changes are refused")
        default: break
        }
        return nil
    }
}
