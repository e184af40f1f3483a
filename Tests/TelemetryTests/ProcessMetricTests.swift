// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@testable import Telemetry

@Suite("Process metrics", .timeLimit(.minutes(10)))
struct ProcessMetricTests {
    /// `/proc/self/stat` of a process that calls itself something; 3 s in user mode, 1.5 s in system mode.
    private func status(_ name: String) -> String {
        "4711 (\(name)) S 1 4711 4711 0 -1 4194560 100 0 0 0 300 150 0 0 20 0 4 0 5000 1048576 256 "
            + "18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
    }

    @Test("reads what Linux tells, whatever the program calls itself", arguments: ["a", "a b", "a) S 1 (", ")", "\n"])
    func figures(_ name: String) {
        let figures = ProcessFigures(
            status: status(name), system: "cpu  1 2 3\nbtime 1767323045\nprocesses 5\n", ticks: 100, page: 4096)
        #expect(
            figures.values == [
                "process_cpu_seconds_total": 4.5, "process_virtual_memory_bytes": 1_048_576,
                "process_resident_memory_bytes": 1_048_576, "process_start_time_seconds": 1_767_323_095,
            ])
    }

    @Test(
        "leaves out what it cannot read",
        arguments: [nil, "", ")", "1 (a) S", "4711 (a) S 1 1 1 0 -1 1 1 0 0 0 x y 0 0 20 0 4 0 5000 1 1"] as [String?])
    func unreadable(_ status: String?) {
        #expect(ProcessFigures(status: status, system: nil, ticks: 100, page: 4096).values.isEmpty)
        let withoutBoot = ProcessFigures(status: self.status("a"), system: "cpu 1", ticks: 100, page: 4096)
        #expect(withoutBoot.values.count == 3 && withoutBoot.values["process_start_time_seconds"] == nil)
    }

    @Test("tells of this process what can be true")
    func thisProcess() throws {
        let values = ProcessFigures.read("/proc").values
        #expect(values.count == ProcessFigures.descriptions.count)
        #expect((values["process_open_fds"] ?? 0) >= 3.0)
        #expect((values["process_resident_memory_bytes"] ?? 0) > 1e6)
        #expect((values["process_max_fds"] ?? 0) >= (values["process_open_fds"] ?? 0))
        let start = values["process_start_time_seconds"] ?? 0
        #expect(start > 1_500_000_000 && start < Double(Timestamp.now().seconds) + 60)
        #expect(ProcessFigures.read("/nowhere").values.keys.sorted() == ["process_max_fds"])
    }

    @Test(
        "writes what promtool finds nothing wrong with",
        .enabled(if: Promtool.path != nil, "promtool is not installed (scripts/setup --optional)"))
    func promtool() async throws {
        let registry = MetricRegistry()
        try registry.addProcessMetrics()
        try registry.add(Tracer.off)
        let file = try FileLog()
        try registry.add(file.writer)
        let requests = try registry.counters("sovereign_requests_total", "Requests\nof \\ all.", labels: ["route"])
        for route in ["/v2/", "a\"b\\c\nd", "é", "\r\u{0}"] { requests.with(route).increment() }
        try registry.histograms("sovereign_request_seconds", "Time.", labels: ["route"]).with("/v2/").observe(0.1)
        try registry.histogram("sovereign_size_bytes", "Sizes.", bounds: Histogram.bytes).observe(.infinity)
        try registry.gauge("sovereign_ratio", "A ratio.") { .nan }
        let text = registry.prometheusText()
        #expect(try await Promtool.check(text) == "")
        // It would have something to say.
        #expect(try await Promtool.check(Array("# TYPE a gauge\na 1 2 3\n".utf8)) != "")
    }
}

/// The checker that comes with Prometheus.
enum Promtool {
    static let path = ServerProgram.find("promtool")

    /// What it complains about; nothing when all is well.
    static func check(_ metrics: [UInt8]) async throws -> String {
        let result = try await ChildProcess.run([path ?? "promtool", "check", "metrics"], input: metrics)
        let said = String(decoding: result.stdout + result.stderr, as: UTF8.self)
        return result.status == 0 ? said : said.isEmpty ? "status \(result.status)" : said
    }
}
