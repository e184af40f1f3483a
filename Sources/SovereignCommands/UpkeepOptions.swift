// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Registry
internal import RegistryServer

/// What the command line says of a registry's upkeep, in place of its configuration.
struct UpkeepOptions: ParsableOptions {
    @Option(help: "how often garbage is collected; 0 for never", valueName: "TIME") var gcInterval: TimeSpan?
    @Option(help: "for how long what nothing names stays", valueName: "TIME") var gcGrace: TimeSpan?
    @Flag(help: "collect manifests that no tag, index or subject keeps") var gcUntagged = false
    @Option(help: "how often every content is read and checked; 0 for never", valueName: "TIME")
    var scrubInterval: TimeSpan?
    @Option(help: "how much of it is read in a second", valueName: "BYTES") var scrubRate: ByteSize?
    @Option(
        name: "quota", help: "what a repository may hold, such as team-a/**=10GiB; the first pattern that fits counts")
    var quotas: [RepositoryQuota] = []
    @Option(help: "bytes of disk that pushes leave free", valueName: "BYTES") var freeSpace: ByteSize?

    init() {}

    func apply(to settings: inout RegistryConfiguration) {
        if let gcInterval { settings.upkeep.garbageInterval = gcInterval.interval }
        if let gcGrace { settings.limits.grace = gcGrace.milliseconds }
        if gcUntagged { settings.upkeep.garbage.includesUntagged = true }
        if let scrubInterval { settings.upkeep.scrubInterval = scrubInterval.interval }
        if let scrubRate { settings.upkeep.scrub.bytesPerSecond = scrubRate.bytes }
        if !quotas.isEmpty { settings.limits.quota = RepositoryQuota.table(quotas) }
        if let freeSpace { settings.limits.freeSpaceFloor = freeSpace.bytes }
    }
}
