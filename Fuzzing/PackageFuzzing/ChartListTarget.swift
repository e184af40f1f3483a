// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Documents
internal import PackageRepositories
internal import Synchronization

/// Calls what adds charts to the list of a repository with a list of the fuzzer.
///
/// What has to hold, beyond not crashing and not running on: a chart that is added is in the list that is written, and no
/// other chart is lost.
public enum ChartListTarget {
    private static let chart: PackedChart = {
        let found = Mutex<PackedChart?>(nil)
        let done = Semaphore()
        Task.detached {
            let bytes = try await Tar.stream([.bytes("app/Chart.yaml", Array("name: app\nversion: 1.0.0\n".utf8))])
                .gzipped().collect(limit: 1 << 20)
            let chart = try await PackedChart(reading: PackageContent(bytes))
            found.withLock { $0 = chart }
            done.signal()
        }
        done.wait()
        return found.withLock { $0 }!
    }()

    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 65_536, var list = try? HelmIndex(parsing: bytes, source: "index") else { return }
        let before = list.json["entries"]?.object?.keys ?? []
        guard (try? list.add(chart, time: Timestamp(seconds: 0))) == true else { return }
        guard let again = try? HelmIndex(parsing: list.encoded(), source: "written") else {
            preconditionFailure("what is written cannot be read")
        }
        precondition(again.entry(of: "app", "1.0.0") != nil, "the chart is not listed")
        precondition(Set(before).isSubset(of: Set(again.json["entries"]?.object?.keys ?? [])), "charts are lost")
    }
}
