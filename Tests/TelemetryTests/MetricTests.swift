// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import Telemetry

@Suite("Metrics")
struct MetricTests {
    @Test("writes counters, gauges and histograms as the text format wants them, ordered by name and labels")
    func exposition() throws {
        let registry = MetricRegistry()
        let requests = try registry.counters("b_requests_total", "Requests answered.", labels: ["method", "status"])
        requests.with("GET", "404").increment()
        let answered = requests.with("GET", "200")
        answered.increment()
        answered.increment(by: 41)
        requests.with("DELETE", "202").increment()
        let waiting = try registry.gauge("a_waiting", "Requests that wait.")
        waiting.set(3)
        waiting.add(-0.5)
        try registry.gauge("c_age_seconds", "How old it is.") { 1e30 }
        try registry.counter("d_seconds_total", "Time spent.") { 12.25 }
        let seconds = try registry.histogram("e_seconds", "Time of an answer.", bounds: [0.1, 1, 10])
        for value in [0.05, 0.1, 0.2, 1, 5, 100, .infinity, .nan] { seconds.observe(value) }
        let sizes = try registry.histograms("f_bytes", "Sizes.", labels: ["kind"], bounds: [1024])
        sizes.with("blob").observe(.seconds(2))
        _ = try registry.counters("g_unused_total", "Nothing yet.", labels: ["x"])
        #expect(
            text(registry) == """
                # HELP a_waiting Requests that wait.
                # TYPE a_waiting gauge
                a_waiting 2.5
                # HELP b_requests_total Requests answered.
                # TYPE b_requests_total counter
                b_requests_total{method="DELETE",status="202"} 1
                b_requests_total{method="GET",status="200"} 42
                b_requests_total{method="GET",status="404"} 1
                # HELP c_age_seconds How old it is.
                # TYPE c_age_seconds gauge
                c_age_seconds 1e+30
                # HELP d_seconds_total Time spent.
                # TYPE d_seconds_total counter
                d_seconds_total 12.25
                # HELP e_seconds Time of an answer.
                # TYPE e_seconds histogram
                e_seconds_bucket{le="0.1"} 2
                e_seconds_bucket{le="1"} 4
                e_seconds_bucket{le="10"} 5
                e_seconds_bucket{le="+Inf"} 7
                e_seconds_sum +Inf
                e_seconds_count 7
                # HELP f_bytes Sizes.
                # TYPE f_bytes histogram
                f_bytes_bucket{kind="blob",le="1024"} 1
                f_bytes_bucket{kind="blob",le="+Inf"} 1
                f_bytes_sum{kind="blob"} 2
                f_bytes_count{kind="blob"} 1

                """)
        #expect(MetricRegistry.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(text(MetricRegistry()) == "")
    }

    @Test(
        "escapes what would end a label or a line",
        arguments: [
            (#"a"b"#, #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), (#"\n"#, #"\\n"#), ("é=}{,", "é=}{,"),
            ("\"} 1\nforged_total 5", #"\"} 1\nforged_total 5"#),
        ])
    func escapes(_ value: String, _ escaped: String) throws {
        let registry = MetricRegistry()
        try registry.gauges("a", "x\\y\nz\"", labels: ["l"]).with(value).set(1)
        #expect(text(registry) == "# HELP a x\\\\y\\nz\"\n# TYPE a gauge\na{l=\"\(escaped)\"} 1\n")
    }

    @Test("counts what is beyond the bound of label sets under other, and keeps those it has")
    func cardinality() throws {
        let registry = MetricRegistry()
        let counters = try registry.counters("a_total", "A.", labels: ["user", "kind"], limit: 3)
        for number in 0..<1000 { counters.with("user\(number)", "k").increment() }
        counters.with("user1", "k").increment()
        counters.with("other", "other").increment()
        let lines = text(registry).split(separator: "\n").dropFirst(2)
        #expect(
            lines == [
                #"a_total{user="other",kind="other"} 998"#, #"a_total{user="user0",kind="k"} 1"#,
                #"a_total{user="user1",kind="k"} 2"#, #"a_total{user="user2",kind="k"} 1"#,
            ])
    }

    @Test("reads numbers that are kept elsewhere, sums those of the same labels, and bounds them too")
    func readings() throws {
        let registry = MetricRegistry()
        try registry.gauges("a_bytes", "A.", labels: ["repository"], limit: 2) {
            [(["c"], 1), (["b"], 2), (["a"], 4), (["b"], 8), (["d"], 16)]
        }
        let lines = text(registry).split(separator: "\n").dropFirst(2)
        #expect(
            lines == [
                #"a_bytes{repository="a"} 4"#, #"a_bytes{repository="b"} 10"#, #"a_bytes{repository="other"} 17"#,
            ])
    }

    @Test("cuts values of labels that are long, at a whole character")
    func longValues() throws {
        let registry = MetricRegistry()
        let counters = try registry.counters("a_total", "A.", labels: ["l"])
        counters.with(String(repeating: "é", count: 65)).increment()
        counters.with(String(repeating: "é", count: 64)).increment()
        #expect(text(registry).hasSuffix("a_total{l=\"\(String(repeating: "é", count: 64))\"} 2\n"))
    }

    @Test(
        "takes no name that Prometheus would not",
        arguments: ["", "1a", "a-b", "a b", "é", "a\nb", "a{", "a_total", "a_bucket", "a_sum", "a_count"])
    func names(_ name: String) throws {
        #expect { try MetricRegistry().gauge(name, "Help.") } throws: { ($0 as? Fault)?.code == .invalid }
    }

    @Test("takes no label that Prometheus would not", arguments: ["", "1", "a:b", "__a", "le", "quantile", "a-b", "é"])
    func labels(_ name: String) throws {
        #expect {
            try MetricRegistry().gauges("a", "Help.", labels: ["x", name])
        } throws: { ($0 as? Fault)?.code == .invalid }
    }

    @Test("takes no counter without _total, no metric without help, no label twice, no bounds that do not rise")
    func otherRules() throws {
        let wrong: [@Sendable (MetricRegistry) throws -> Void] = [
            { _ = try $0.counter("a", "Help.") }, { _ = try $0.gauge("a", "") },
            { _ = try $0.gauges("a", "Help.", labels: ["x", "x"]) },
            { _ = try $0.histogram("a", "Help.", bounds: []) },
            { _ = try $0.histogram("a", "Help.", bounds: [1, 1]) },
            { _ = try $0.histogram("a", "Help.", bounds: [1, .infinity]) },
        ]
        for register in wrong {
            #expect { try register(MetricRegistry()) } throws: { ($0 as? Fault)?.code == .invalid }
        }
        let registry = MetricRegistry()
        _ = try registry.gauge("a:b", "Help.")
        #expect { try registry.gauge("a:b", "Help.") } throws: { ($0 as? Fault)?.code == .conflict }
    }

    @Test("loses no update of many threads")
    func threads() async throws {
        let registry = MetricRegistry()
        let counters = try registry.counters("a_total", "A.", labels: ["l"])
        let gauge = try registry.gauge("g", "G.")
        let histogram = try registry.histogram("h", "H.", bounds: [1])
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    for _ in 0..<2000 {
                        counters.with("\(number % 2)").increment()
                        gauge.add(1)
                        histogram.observe(0.5)
                    }
                }
            }
        }
        #expect(counters.with("0").value == 8000 && counters.with("1").value == 8000)
        #expect(gauge.value == 16000 && histogram.count == 16000)
        #expect(text(registry).contains("h_sum 8000\n"))
    }

    private func text(_ registry: MetricRegistry) -> String {
        String(decoding: registry.prometheusText(), as: UTF8.self)
    }
}
