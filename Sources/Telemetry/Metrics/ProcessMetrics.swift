// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

extension MetricRegistry {
    /// Adds what Prometheus' clients say of every process: memory, open files, time of processors, start.
    ///
    /// Read from `/proc` at each scrape; what cannot be read is left out.
    public func addProcessMetrics() throws(Fault) {
        try add(ProcessFigures.descriptions) {
            let values = ProcessFigures.read("/proc").values
            return ProcessFigures.descriptions.compactMap { description in
                values[description.name].map {
                    MetricReading(description: description, samples: [MetricSample(value: .number($0))])
                }
            }
        }
    }
}

/// How a process stands, as Linux tells it (proc(5)).
struct ProcessFigures {
    static let descriptions = [
        MetricDescription(
            name: "process_cpu_seconds_total", help: "Time of processors spent, in user and system mode.",
            kind: .counter, labels: []),
        MetricDescription(name: "process_max_fds", help: "Files that may be open.", kind: .gauge, labels: []),
        MetricDescription(name: "process_open_fds", help: "Files that are open.", kind: .gauge, labels: []),
        MetricDescription(
            name: "process_resident_memory_bytes", help: "Memory that is in use.", kind: .gauge, labels: []),
        MetricDescription(
            name: "process_start_time_seconds", help: "When the process started, in seconds since 1970.",
            kind: .gauge, labels: []),
        MetricDescription(
            name: "process_virtual_memory_bytes", help: "Memory that is addressed.", kind: .gauge, labels: []),
    ]

    /// Figures by the names of their metrics.
    private(set) var values: [String: Double] = [:]

    static func read(_ folder: String) -> ProcessFigures {
        func text(_ path: String) -> String? {
            (try? FileSystem.read("\(folder)/\(path)", limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) }
        }
        var figures = ProcessFigures(
            status: text("self/stat"), system: text("stat"), ticks: Double(sysconf(Int32(_SC_CLK_TCK))),
            page: Double(sysconf(Int32(_SC_PAGESIZE))))
        // Without the one that lists them.
        let files = try? FileSystem.names(in: "\(folder)/self/fd").count - 1
        figures.values["process_open_fds"] = files.map(Double.init)
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.values["process_max_fds"] = Double(limit.rlim_cur)
        }
        return figures
    }

    /// - Parameters:
    ///   - status: `/proc/self/stat`: fields after a name in parentheses, which may hold anything.
    ///   - system: `/proc/stat`, whose `btime` is when the machine started.
    init(status: String?, system: String?, ticks: Double, page: Double) {
        guard let status, let end = status.lastIndex(of: ")") else { return }
        // The first of these is the third field of proc(5).
        let fields = status[status.index(after: end)...].split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard fields.count >= 22, let user = Double(fields[11]), let kernel = Double(fields[12]),
            let start = Double(fields[19]), let addressed = Double(fields[20]), let resident = Double(fields[21])
        else { return }
        values["process_cpu_seconds_total"] = (user + kernel) / ticks
        values["process_virtual_memory_bytes"] = addressed
        values["process_resident_memory_bytes"] = resident * page
        let boot = system?.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
        if let boot { values["process_start_time_seconds"] = boot + start / ticks }
    }
}
